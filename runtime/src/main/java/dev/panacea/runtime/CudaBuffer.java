package dev.panacea.runtime;

import dev.panacea.runtime.cuda.PinnedMemory;
import dev.panacea.runtime.cuda.Stream;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** A {@link Buffer} in the memory of a CUDA device: an address that Java never follows, 256-byte aligned at its allocation. */
public final class CudaBuffer implements Buffer {
    private final MemoryScope.Allocation owner;
    private final CudaBlock block;
    private final DType dtype;
    private final long count;
    private final long address;

    CudaBuffer(MemoryScope.Allocation owner, CudaBlock block, DType dtype, long count, long address) {
        this.owner = owner;
        this.block = block;
        this.dtype = dtype;
        this.count = count;
        this.address = address;
    }

    /**
     * The CUDA view of {@code buffer}.
     *
     * @throws IllegalArgumentException when it lives on the host
     */
    public static CudaBuffer of(Buffer buffer) {
        if (buffer instanceof CudaBuffer cuda) {
            return cuda;
        }
        throw new IllegalArgumentException("a buffer of a CUDA device is needed here, not one on " + buffer.device());
    }

    /** The device address of {@code buffer}; shorthand for {@code of(buffer).address()}. */
    public static long address(Buffer buffer) {
        return of(buffer).address();
    }

    /**
     * Where it is, as kernels on the compute stream take it; see {@link #sharedWith} for those on another.
     *
     * @throws IllegalStateException after the owning scope closed or the buffer was released
     */
    public long address() {
        owner.checkAlive();
        return address;
    }

    MemoryScope.Allocation owner() {
        return owner;
    }

    @Override
    public CudaDevice device() {
        return block.device();
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public CudaBuffer slice(long from, long length) {
        Objects.checkFromIndexSize(from, length, count);
        return new CudaBuffer(owner, block, dtype, length, address() + from * dtype.bytes());
    }

    /**
     * Says that work of a stream beside the device's compute stream uses this memory: what {@code stream} is given from here on comes
     * after what the memory served before, and once released it is not handed out again before what {@code stream} was given is done.
     */
    public CudaBuffer sharedWith(Stream stream) {
        owner.checkAlive();
        block.sharedWith(stream);
        return this;
    }

    /**
     * Fills this buffer from host memory in the order of {@code stream}. Pinned memory must stay as it is until then; any other has
     * been read when this returns.
     *
     * @throws IllegalArgumentException when {@code from} has another size
     */
    public CudaBuffer copyFrom(MemorySegment from, Stream stream) {
        checkSize(from);
        sharedWith(stream);
        if (PinnedMemory.holds(from)) {
            device().context().driver().copyToDevice(address, from, stream.handle());
        } else {
            device().staging().upload(address, from, stream);
        }
        return this;
    }

    /**
     * Fills pinned memory from this buffer in the order of {@code stream}.
     *
     * @throws IllegalArgumentException when {@code to} has another size or is not pinned
     */
    public void copyTo(MemorySegment to, Stream stream) {
        checkSize(to);
        if (!PinnedMemory.holds(to)) {
            throw new IllegalArgumentException("a copy that does not wait needs pinned memory to go to; take it from PinnedMemory");
        }
        sharedWith(stream);
        device().context().driver().copyToHost(to, address, stream.handle());
    }

    /** Fills {@code to} with what the compute stream leaves here; waits for it. */
    public void copyTo(MemorySegment to) {
        checkSize(to);
        device().staging().download(to, address(), device().computeStream());
    }

    private void checkSize(MemorySegment segment) {
        if (segment.byteSize() != bytes()) {
            throw new IllegalArgumentException(this + " has " + bytes() + " bytes, and the host memory " + segment.byteSize());
        }
    }

    @Override
    public void fill(byte value) {
        device().context().driver().fillBytes(address(), value, bytes(), device().computeStream().handle());
    }

    @Override
    public float[] toFloats() {
        float[] values = new float[elements(DType.F32)];
        copyTo(MemorySegment.ofArray(values));
        return values;
    }

    @Override
    public int[] toInts() {
        int[] values = new int[elements(DType.I32)];
        copyTo(MemorySegment.ofArray(values));
        return values;
    }

    @Override
    public CudaBuffer copyFrom(float[] values) {
        elements(DType.F32);
        slice(0, values.length).copyFrom(MemorySegment.ofArray(values), device().computeStream());
        return this;
    }

    @Override
    public CudaBuffer copyFrom(int[] values) {
        elements(DType.I32);
        slice(0, values.length).copyFrom(MemorySegment.ofArray(values), device().computeStream());
        return this;
    }

    private int elements(DType wanted) {
        if (dtype != wanted) {
            throw new IllegalArgumentException(this + " does not hold " + wanted);
        }
        return Math.toIntExact(count);
    }

    @Override
    public String toString() {
        return owner.name() + ": " + dtype + "[" + count + "] on " + device();
    }
}
