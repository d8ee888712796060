package dev.panacea.kernels.cuda;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;

/** An argument of a CUDA kernel, checked before its address is handed over: a wrong one would end the context, not throw. */
public record CudaOperand(CudaDevice device) {

    /**
     * The device address of an argument.
     *
     * @throws IllegalArgumentException when {@code buffer} is null, of another dtype, shorter than {@code count} or elsewhere
     */
    public long address(String name, Buffer buffer, DType dtype, long count) {
        if (buffer == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        if (buffer.dtype() != dtype || buffer.count() < count || count < 0) {
            throw new IllegalArgumentException(name + " must hold " + count + " elements of " + dtype + ", but is " + buffer);
        }
        if (buffer.device() != device) {
            throw new IllegalArgumentException(name + " must be on " + device + ", but is " + buffer);
        }
        return CudaBuffer.address(buffer);
    }

    /** {@link #address}, or the null pointer for an argument that is not given. */
    public long addressOrNull(String name, Buffer buffer, DType dtype, long count) {
        return buffer == null ? 0 : address(name, buffer, dtype, count);
    }
}
