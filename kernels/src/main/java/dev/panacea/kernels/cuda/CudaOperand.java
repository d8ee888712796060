package dev.panacea.kernels.cuda;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /**
     * The dtype of an argument whose kernels are there for several.
     *
     * @throws IllegalArgumentException when {@code buffer} is null or of none of them
     */
    public static DType dtype(String name, Buffer buffer, DType... allowed) {
        if (buffer == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        for (DType dtype : allowed) {
            if (buffer.dtype() == dtype) {
                return dtype;
            }
        }
        String dtypes = Stream.of(allowed).map(DType::name).collect(Collectors.joining(" or "));
        throw new IllegalArgumentException(name + " must be " + dtypes + ", but is " + buffer);
    }

    /**
     * {@link #address} for a kernel that only has accesses of 16 bytes.
     *
     * @throws IllegalArgumentException also when the buffer begins in between
     */
    public long alignedAddress(String name, Buffer buffer, DType dtype, long count) {
        long address = address(name, buffer, dtype, count);
        if (Access.of(address) != Access.PACKS) {
            throw new IllegalArgumentException(name + " must begin at a multiple of 16 bytes, but is a slice of " + buffer);
        }
        return address;
    }

    /** {@link #address}, or the null pointer for an argument that is not given. */
    public long addressOrNull(String name, Buffer buffer, DType dtype, long count) {
        return buffer == null ? 0 : address(name, buffer, dtype, count);
    }
}
