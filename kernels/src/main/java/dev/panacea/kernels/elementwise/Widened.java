package dev.panacea.kernels.elementwise;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.List;

/**
 * Arguments of BF16 or F16 as F32 ones for one call of an F32 twin on the host: inputs are widened, and {@link #round} rounds what the
 * twin left in the outputs, so that every result is rounded once.
 */
public final class Widened implements AutoCloseable {

    private record Output(Buffer wide, Buffer narrow, long count) { }

    private final DType dtype;
    private final Elementwise elementwise;
    private final MemoryScope scope;
    private final List<Output> outputs = new ArrayList<>();

    /** @param dtype of all arguments */
    public Widened(HostDevice host, String what, DType dtype) {
        this.dtype = dtype;
        elementwise = Elementwise.on(host);
        scope = host.openScope(what + " in " + dtype);
    }

    /** The values of {@code buffer} as F32; null for null. */
    public Buffer input(String name, Buffer buffer, long count) {
        if (buffer == null) {
            return null;
        }
        check(name, buffer, count);
        Buffer wide = scope.allocate(name, DType.F32, count);
        elementwise.cast(count, buffer, wide);
        return wide;
    }

    /** F32 memory in place of {@code buffer}, which {@link #round} fills from it; null for null. */
    public Buffer output(String name, Buffer buffer, long count) {
        if (buffer == null) {
            return null;
        }
        check(name, buffer, count);
        Buffer wide = scope.allocate(name, DType.F32, count);
        outputs.add(new Output(wide, buffer, count));
        return wide;
    }

    private void check(String name, Buffer buffer, long count) {
        if (buffer.dtype() != dtype || buffer.count() < count || count < 0) {
            throw new IllegalArgumentException(name + " must hold " + count + " elements of " + dtype + ", but is " + buffer);
        }
    }

    /** Rounds every output to where it belongs; for when the twin has returned. */
    public void round() {
        outputs.forEach(output -> elementwise.cast(output.count, output.wide, output.narrow));
    }

    @Override
    public void close() {
        scope.close();
    }
}
