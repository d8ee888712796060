package dev.panacea.runtime;

import dev.panacea.runtime.cuda.Event;
import dev.panacea.runtime.cuda.PinnedMemory;
import java.lang.foreign.MemorySegment;

/** Page-locked memory beside a CUDA device. */
final class PinnedTransferArea implements TransferArea {
    private final CudaDevice device;
    private final PinnedMemory memory;
    private final Event copied;
    private boolean open = true;

    PinnedTransferArea(CudaDevice device) {
        this.device = device;
        memory = new PinnedMemory(device.context());
        copied = new Event(device.context(), false);
    }

    @Override
    public MemorySegment allocate(long bytes) {
        return memory.allocate(bytes);
    }

    @Override
    public void upload(MemorySegment from, Buffer to) {
        CudaBuffer.of(to).copyFrom(from, device.computeStream());
        copied.record(device.computeStream());
    }

    @Override
    public void download(Buffer from, MemorySegment to) {
        CudaBuffer.of(from).copyTo(to, device.computeStream());
        copied.record(device.computeStream());
    }

    @Override
    public void await() {
        copied.synchronize();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            await();
            copied.close();
            memory.close();
        }
    }
}
