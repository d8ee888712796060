package dev.panacea.runtime.bindings;

import dev.panacea.runtime.cuda.CudaError;

/** ncclResult_t. */
public final class NcclStatus {
    public static final int SUCCESS = 0;
    /** A call of a communicator that does not block is still under way. */
    public static final int IN_PROGRESS = 7;

    private NcclStatus() { }

    public static CudaError error(int code) {
        return switch (code) {
            case 1 -> error(code, "ncclUnhandledCudaError", "a CUDA call inside NCCL failed: run with NCCL_DEBUG=WARN to see which");
            case 2 -> error(code, "ncclSystemError", "a socket, a file or memory failed: run with NCCL_DEBUG=WARN to see which, "
                + "and NCCL_SOCKET_IFNAME names the network to use");
            case 3 -> error(code, "ncclInternalError", "run with NCCL_DEBUG=WARN, and look for a broken link or GPU");
            case 4 -> error(code, "ncclInvalidArgument", "");
            case 5 -> error(code, "ncclInvalidUsage", "all ranks must make the same calls in the same order, one GPU each");
            case 6 -> error(code, "ncclRemoteError", "another rank failed or is gone: its own output says why");
            case IN_PROGRESS -> error(code, "ncclInProgress", "");
            case 8 -> error(code, "ncclTimeout", "another rank is too slow or gone");
            default -> error(code, "an unknown ncclResult_t", "");
        };
    }

    private static CudaError error(int code, String name, String advice) {
        return new CudaError(code, name, false, advice);
    }
}
