package dev.panacea.training;

import dev.panacea.objective.DeviceArrays;
import dev.panacea.objective.HostPass;
import dev.panacea.objective.Pass;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.TransferArea;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The device memory through which host and device talk about a step: its inputs and its losses. They stay where they are from step to
 * step, until one needs more.
 */
final class StepBuffers implements AutoCloseable {

    /** What a step came by: the losses of all passes, and the norm of the gradient. */
    record Results(float[] losses, double gradientNorm) { }

    private final MemoryScope memory;
    private final Buffer norm;
    private Buffer ints;
    private Buffer floats;
    private Buffer losses;
    private TransferArea area;
    private MemorySegment lossesRead;
    private MemorySegment lossGradientsWritten;
    private MemorySegment normRead;

    /**
     * @param memory for the buffers
     * @param norm I64 [1], where the optimiser leaves the gradient's norm
     */
    StepBuffers(MemoryScope memory, Buffer norm) {
        this.memory = memory;
        this.norm = norm;
    }

    /** Makes room for a step. @return whether anything moved for it */
    boolean fit(InputLayout layout, int lossCount) {
        Buffer[] before = {ints, floats, losses};
        ints = atLeast(layout.ints(), "integers of a step", DType.I32, ints);
        floats = atLeast(layout.floats(), "numbers of a step", DType.F32, floats);
        losses = atLeast(lossCount, "losses", DType.F32, losses);
        if (losses != before[2]) {
            openArea();
        }
        return ints != before[0] || floats != before[1] || losses != before[2];
    }

    private Buffer atLeast(long count, String name, DType dtype, Buffer buffer) {
        if (buffer != null && buffer.count() >= count) {
            return buffer;
        }
        if (buffer != null) {
            memory.release(buffer);
        }
        return memory.allocate(name, dtype, count);
    }

    private void openArea() {
        close();
        area = TransferArea.beside(memory.device());
        lossesRead = area.allocate(losses.bytes());
        lossGradientsWritten = area.allocate(losses.bytes());
        normRead = area.allocate(norm.bytes());
    }

    /** Brings a step's inputs to the device, in the order of its compute stream. */
    DeviceStep upload(StepsAhead.Ready ready) {
        ready.slot().upload(ready.layout(), ints, floats);
        List<DeviceArrays> arrays = ready.layout().in(ints, floats);
        List<HostPass> passes = ready.step().passes();
        List<Pass> onDevice = new ArrayList<>();
        for (int i = 0; i < passes.size(); i++) {
            onDevice.add(new Pass(passes.get(i).sequences(), arrays.get(i)));
        }
        return new DeviceStep(onDevice, arrays.getLast().get(StepsAhead.SCHEDULE), losses.slice(0, ready.step().lossCount()));
    }

    /** Waits for the device. */
    Results read(DeviceStep step) {
        area.download(norm, normRead);
        float[] values = readLosses(step);
        return new Results(values, normRead.get(ValueLayout.JAVA_DOUBLE, 0));
    }

    /** {@link #read} before there is a gradient. */
    float[] readLosses(DeviceStep step) {
        MemorySegment own = lossesRead.asSlice(0, step.losses().bytes());
        area.download(step.losses(), own);
        area.await();
        return own.toArray(ValueLayout.JAVA_FLOAT);
    }

    /** Brings the gradient of the losses of each pass to the device, in the order of its compute stream. */
    void writeLossGradients(DeviceStep step, List<float[]> gradients) {
        long at = 0;
        for (int i = 0; i < gradients.size(); i++) {
            MemorySegment values = MemorySegment.ofArray(gradients.get(i));
            MemorySegment own = lossGradientsWritten.asSlice(at, values.byteSize()).copyFrom(values);
            area.upload(own, step.passes().get(i).arrays().get(StepWork.LOSS_GRADIENT));
            at += values.byteSize();
        }
    }

    /** Gives back the host's memory; the device's goes with its scope. */
    @Override
    public void close() {
        if (area != null) {
            area.close();
        }
    }
}
