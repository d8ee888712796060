package dev.panacea.runtime.cuda;

/**
 * A status of the driver.
 *
 * @param code CUresult
 * @param name as in cuda.h, for example {@code CUDA_ERROR_OUT_OF_MEMORY}
 * @param sticky whether the context is lost with it: every later call fails too, and the process must start anew
 * @param advice what a user can do; empty where nothing general can be said
 */
public record CudaError(int code, String name, boolean sticky, String advice) {
    public static final CudaError INVALID_VALUE = new CudaError(1, "CUDA_ERROR_INVALID_VALUE", false, "");
    public static final CudaError OUT_OF_MEMORY = new CudaError(2, "CUDA_ERROR_OUT_OF_MEMORY", false,
        "use fewer tokens a batch, a smaller rank or activation checkpointing, or end other programs on this GPU");
    public static final CudaError INVALID_CONTEXT = new CudaError(201, "CUDA_ERROR_INVALID_CONTEXT", false, "");
    public static final CudaError INVALID_PTX = new CudaError(218, "CUDA_ERROR_INVALID_PTX", false, "");
    public static final CudaError INVALID_HANDLE = new CudaError(400, "CUDA_ERROR_INVALID_HANDLE", false, "");
    public static final CudaError NOT_FOUND = new CudaError(500, "CUDA_ERROR_NOT_FOUND", false, "");
    public static final CudaError ILLEGAL_ADDRESS = new CudaError(700, "CUDA_ERROR_ILLEGAL_ADDRESS", true, "");
    public static final CudaError LAUNCH_OUT_OF_RESOURCES = new CudaError(701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", false, "");
    public static final CudaError LAUNCH_TIMEOUT = new CudaError(702, "CUDA_ERROR_LAUNCH_TIMEOUT", true, "");
    public static final CudaError ASSERT = new CudaError(710, "CUDA_ERROR_ASSERT", true, "");
    public static final CudaError MISALIGNED_ADDRESS = new CudaError(716, "CUDA_ERROR_MISALIGNED_ADDRESS", true, "");
    public static final CudaError LAUNCH_FAILED = new CudaError(719, "CUDA_ERROR_LAUNCH_FAILED", true, "");
    public static final CudaError STREAM_CAPTURE_UNSUPPORTED = new CudaError(900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", false, "");

    @Override
    public String toString() {
        return name + " (" + code + ")";
    }
}
