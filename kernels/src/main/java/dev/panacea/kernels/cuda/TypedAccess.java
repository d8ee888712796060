package dev.panacea.kernels.cuda;

import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.LaunchGeometry;

/** Which of the kernels that do one thing: the dtype of their arrays, and how wide a thread's accesses are. */
public record TypedAccess(DType dtype, Access access) {

    /** The name of the kernel, whose beginning is {@code what}. */
    public String of(String what) {
        return what + "_" + KernelVariants.spelled(dtype) + "_" + access.ending();
    }

    /** Elements of a thread. */
    public int elements() {
        return access.elements(Access.packOf(dtype));
    }

    /** One thread for every so many of {@code count} elements, more than 0. */
    public LaunchGeometry over(long count) {
        return access.over(count, Access.packOf(dtype));
    }
}
