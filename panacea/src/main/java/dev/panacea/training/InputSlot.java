package dev.panacea.training;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.TransferArea;
import java.lang.foreign.MemorySegment;

/** Host memory from which one step's arrays go to the device, used again for a later step. */
final class InputSlot implements AutoCloseable {
    private final Device device;
    private TransferArea area;
    private MemorySegment ints;
    private MemorySegment floats;

    InputSlot(Device device) {
        this.device = device;
        area = TransferArea.beside(device);
        ints = MemorySegment.NULL;
        floats = MemorySegment.NULL;
    }

    /** Takes over a step's arrays, once those before are on the device. */
    void fill(InputLayout layout) {
        area.await();
        long intBytes = layout.ints() * Integer.BYTES;
        long floatBytes = layout.floats() * Float.BYTES;
        if (intBytes > ints.byteSize() || floatBytes > floats.byteSize()) {
            area.close();
            area = TransferArea.beside(device);
            ints = area.allocate(Math.max(intBytes, ints.byteSize()));
            floats = area.allocate(Math.max(floatBytes, floats.byteSize()));
        }
        layout.write(ints, floats);
    }

    /** Fills the beginning of both blocks in the order of the compute stream. */
    void upload(InputLayout layout, Buffer intBlock, Buffer floatBlock) {
        area.upload(ints.asSlice(0, layout.ints() * Integer.BYTES), intBlock.slice(0, layout.ints()));
        area.upload(floats.asSlice(0, layout.floats() * Float.BYTES), floatBlock.slice(0, layout.floats()));
    }

    @Override
    public void close() {
        area.close();
    }
}
