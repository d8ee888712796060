package dev.panacea.runtime;

import java.lang.foreign.MemorySegment;

/** Copies between buffers, wherever they are. */
final class Transfer {
    private Transfer() { }

    /** @throws IllegalArgumentException unless both hold as many elements of one dtype */
    static void copy(Buffer from, Buffer to) {
        if (from.dtype() != to.dtype() || from.count() != to.count()) {
            throw new IllegalArgumentException("cannot copy " + from + " into " + to);
        }
        switch (to) {
            case HostBuffer host -> toHost(from, host.segment());
            case CudaBuffer cuda -> toCuda(from, cuda);
        }
    }

    private static void toHost(Buffer from, MemorySegment to) {
        switch (from) {
            case HostBuffer host -> to.copyFrom(host.segment());
            case CudaBuffer cuda -> cuda.copyTo(to);
        }
    }

    private static void toCuda(Buffer from, CudaBuffer to) {
        switch (from) {
            case HostBuffer host -> to.copyFrom(host.segment(), to.device().computeStream());
            case CudaBuffer cuda when cuda.device() == to.device() -> to.device().copy(cuda.address(), to.address(), to.bytes());
            case CudaBuffer cuda -> toPeer(cuda, to);
        }
    }

    // Between what the source's stream was given before and what it is given afterwards.
    private static void toPeer(CudaBuffer from, CudaBuffer to) {
        CudaDevice source = from.device();
        CudaDevice target = to.device();
        if (!source.context().sharesDriverWith(target.context())) {
            throw new IllegalArgumentException(from + " and " + to + " belong to different drivers; copy by way of the host");
        }
        target.computeStream().waitFor(source.computeStream());
        target.context().driver().copyToPeer(to.address(), target.context().handle(), from.address(), source.context().handle(),
            to.bytes(), target.computeStream().handle());
        source.computeStream().waitFor(target.computeStream());
    }
}
