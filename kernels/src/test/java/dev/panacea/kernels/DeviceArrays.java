package dev.panacea.kernels;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;

/**
 * Arguments of kernels on any device, and what came of them as floats.
 *
 * @param device where the buffers are
 * @param host what rounds and widens the values
 * @param scope who owns the buffers
 */
public record DeviceArrays(Device device, HostDevice host, MemoryScope scope) {

    /** The values, rounded to {@code dtype}. */
    public Buffer of(DType dtype, float... values) {
        try (MemoryScope staging = host.openScope("staging")) {
            Buffer narrow = staging.allocate("values", dtype, values.length);
            Elementwise.on(host).cast(values.length, staging.allocate("floats", DType.F32, values.length).copyFrom(values), narrow);
            Buffer buffer = scope.allocate("argument", dtype, values.length);
            buffer.copyFrom(narrow);
            return buffer;
        }
    }

    /** The values where an address is {@code shift} elements off one that is aligned. */
    public Buffer shifted(int shift, DType dtype, float... values) {
        float[] all = new float[shift + values.length];
        System.arraycopy(values, 0, all, shift, values.length);
        return of(dtype, all).slice(shift, values.length);
    }

    public Buffer of(int... values) {
        return scope.allocate("argument", DType.I32, values.length).copyFrom(values);
    }

    /** Memory that holds nothing but NaN. */
    public Buffer poisoned(DType dtype, long count) {
        Buffer buffer = scope.allocate("result", dtype, count);
        buffer.fill((byte) 0xFF);
        return buffer;
    }

    /** What {@code buffer} holds, widened. */
    public float[] floats(Buffer buffer) {
        try (MemoryScope staging = host.openScope("staging")) {
            Buffer here = staging.allocate("result", buffer.dtype(), buffer.count());
            here.copyFrom(buffer);
            Buffer wide = staging.allocate("floats", DType.F32, buffer.count());
            Elementwise.on(host).cast(buffer.count(), here, wide);
            return wide.toFloats();
        }
    }

    /** The values as {@code dtype} keeps them. */
    public static float[] rounded(HostDevice host, DType dtype, float... values) {
        try (MemoryScope scope = host.openScope("rounding")) {
            DeviceArrays arrays = new DeviceArrays(host, host, scope);
            return arrays.floats(arrays.of(dtype, values));
        }
    }
}
