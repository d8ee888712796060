package dev.panacea.bench.device;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.Event;

/** Times what calls put on the compute stream, by events on the device, each with a cold second-level cache. */
final class DeviceClock implements AutoCloseable {
    /** More than any card's second-level cache holds, by far; writing it also hides the time that a launch takes on the host. */
    static final long FLUSH_BYTES = 256L << 20;

    private final CudaDevice device;
    private final MemoryScope scope;
    private final Buffer flushed;

    DeviceClock(CudaDevice device, long flushBytes) {
        this.device = device;
        scope = device.openScope("clock");
        flushed = scope.allocate("flushed", DType.U8, flushBytes);
    }

    /** Milliseconds of {@code repeats} calls, after {@code warmUp} others. */
    double[] time(Runnable call, int warmUp, int repeats) {
        for (int i = 0; i < warmUp; i++) {
            call.run();
        }
        double[] times = new double[repeats];
        try (Event start = new Event(device.context(), true); Event end = new Event(device.context(), true)) {
            for (int i = 0; i < repeats; i++) {
                flushed.fill((byte) 0);
                start.record(device.computeStream());
                call.run();
                end.record(device.computeStream());
                end.synchronize();
                times[i] = end.millisecondsSince(start);
            }
        }
        return times;
    }

    @Override
    public void close() {
        scope.close();
    }
}
