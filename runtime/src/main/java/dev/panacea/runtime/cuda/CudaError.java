package dev.panacea.runtime.cuda;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A status of the driver.
 *
 * @param code CUresult
 * @param name as in cuda.h, for example {@code CUDA_ERROR_OUT_OF_MEMORY}
 * @param sticky whether the context is lost with it: every later call fails too, and the process must start anew
 * @param advice what a user can do; empty where nothing general can be said
 */
public record CudaError(int code, String name, boolean sticky, String advice) {
    /** Filled by the constants below, and only read once this class is initialised. */
    private static final Map<Integer, CudaError> BY_CODE = new HashMap<>();

    private static final String NEWER_DRIVER = "update NVIDIA's driver, or use a build of this program for older drivers";
    private static final String BROKEN_DRIVER = "the library and the kernel module of NVIDIA's driver do not fit each other; "
        + "reboot after an update of the driver, and in a container start it with the host's driver";
    private static final String FAILING_DEVICE = "the device or its link is failing; see nvidia-smi -q and the system log for Xid messages";
    private static final String KERNEL_BUG = "a kernel is wrong; run again with -D" + NativeErrors.SYNCHRONOUS_PROPERTY
        + "=true to have it named, or on --driver simulator to have it checked";

    public static final CudaError INVALID_VALUE = error(1, "INVALID_VALUE", "");
    public static final CudaError OUT_OF_MEMORY = error(2, "OUT_OF_MEMORY",
        "use fewer tokens a batch, a smaller rank or activation checkpointing, or end other programs on this GPU");
    public static final CudaError NOT_INITIALIZED = error(3, "NOT_INITIALIZED", "");
    public static final CudaError DEINITIALIZED = error(4, "DEINITIALIZED", "the driver has shut down, since the process is ending");
    public static final CudaError STUB_LIBRARY = error(34, "STUB_LIBRARY",
        "the library found is the toolkit's link-time stub; take its folder out of LD_LIBRARY_PATH");
    public static final CudaError DEVICE_UNAVAILABLE = error(46, "DEVICE_UNAVAILABLE",
        "another process has the device to itself; end it, or set the compute mode to default with nvidia-smi -c 0");
    public static final CudaError NO_DEVICE = error(100, "NO_DEVICE",
        "no GPU is visible; check nvidia-smi and CUDA_VISIBLE_DEVICES, and in a container start it with --gpus all");
    public static final CudaError INVALID_DEVICE = error(101, "INVALID_DEVICE", "the ordinal is not below the number of devices");
    public static final CudaError INVALID_IMAGE = error(200, "INVALID_IMAGE", "the image is neither PTX nor a cubin");
    public static final CudaError INVALID_CONTEXT = error(201, "INVALID_CONTEXT", "no context is current on this thread");
    public static final CudaError NO_BINARY_FOR_GPU = error(209, "NO_BINARY_FOR_GPU", "the code was built for another GPU");
    public static final CudaError ECC_UNCORRECTABLE = sticky(214, "ECC_UNCORRECTABLE", FAILING_DEVICE);
    public static final CudaError PEER_ACCESS_UNSUPPORTED = error(217, "PEER_ACCESS_UNSUPPORTED",
        "these two devices cannot reach each other's memory");
    public static final CudaError INVALID_PTX = error(218, "INVALID_PTX", "");
    public static final CudaError NVLINK_UNCORRECTABLE = sticky(220, "NVLINK_UNCORRECTABLE", FAILING_DEVICE);
    public static final CudaError JIT_COMPILER_NOT_FOUND = error(221, "JIT_COMPILER_NOT_FOUND",
        "install libnvidia-ptxjitcompiler.so.1 of the same version as the driver");
    public static final CudaError UNSUPPORTED_PTX_VERSION = error(222, "UNSUPPORTED_PTX_VERSION", NEWER_DRIVER);
    public static final CudaError JIT_COMPILATION_DISABLED = error(223, "JIT_COMPILATION_DISABLED",
        "unset CUDA_DISABLE_PTX_JIT, since this program's kernels are PTX");
    public static final CudaError CONTAINED = sticky(226, "CONTAINED", FAILING_DEVICE);
    public static final CudaError OPERATING_SYSTEM = error(304, "OPERATING_SYSTEM", "see the system log");
    public static final CudaError INVALID_HANDLE = error(400, "INVALID_HANDLE", "");
    public static final CudaError ILLEGAL_STATE = error(401, "ILLEGAL_STATE", "");
    public static final CudaError NOT_FOUND = error(500, "NOT_FOUND", "");
    public static final CudaError NOT_READY = error(600, "NOT_READY", "");
    public static final CudaError ILLEGAL_ADDRESS = sticky(700, "ILLEGAL_ADDRESS", KERNEL_BUG);
    public static final CudaError LAUNCH_OUT_OF_RESOURCES = error(701, "LAUNCH_OUT_OF_RESOURCES",
        "the block needs more registers, threads or shared memory than a multiprocessor has, or the arguments do not fit the kernel");
    public static final CudaError LAUNCH_TIMEOUT = sticky(702, "LAUNCH_TIMEOUT",
        "this GPU also drives a display, whose watchdog ended the kernel; use another GPU or smaller batches");
    public static final CudaError PEER_ACCESS_ALREADY_ENABLED = error(704, "PEER_ACCESS_ALREADY_ENABLED", "");
    public static final CudaError CONTEXT_IS_DESTROYED = sticky(709, "CONTEXT_IS_DESTROYED", "");
    public static final CudaError ASSERT = sticky(710, "ASSERT", "an assertion in a kernel failed; it is printed on standard output");
    public static final CudaError HARDWARE_STACK_ERROR = sticky(714, "HARDWARE_STACK_ERROR", KERNEL_BUG);
    public static final CudaError ILLEGAL_INSTRUCTION = sticky(715, "ILLEGAL_INSTRUCTION", KERNEL_BUG);
    public static final CudaError MISALIGNED_ADDRESS = sticky(716, "MISALIGNED_ADDRESS", KERNEL_BUG);
    public static final CudaError INVALID_ADDRESS_SPACE = sticky(717, "INVALID_ADDRESS_SPACE", KERNEL_BUG);
    public static final CudaError INVALID_PC = sticky(718, "INVALID_PC", KERNEL_BUG);
    public static final CudaError LAUNCH_FAILED = sticky(719, "LAUNCH_FAILED", KERNEL_BUG);
    public static final CudaError COOPERATIVE_LAUNCH_TOO_LARGE = error(720, "COOPERATIVE_LAUNCH_TOO_LARGE",
        "all blocks must be resident at once; launch fewer or smaller ones");
    public static final CudaError NOT_PERMITTED = error(800, "NOT_PERMITTED", "");
    public static final CudaError NOT_SUPPORTED = error(801, "NOT_SUPPORTED", "this GPU or this driver cannot do it");
    public static final CudaError SYSTEM_NOT_READY = error(802, "SYSTEM_NOT_READY",
        "on machines with NVSwitch start nvidia-fabricmanager, of the same version as the driver");
    public static final CudaError SYSTEM_DRIVER_MISMATCH = error(803, "SYSTEM_DRIVER_MISMATCH", BROKEN_DRIVER);
    public static final CudaError COMPAT_NOT_SUPPORTED_ON_DEVICE = error(804, "COMPAT_NOT_SUPPORTED_ON_DEVICE",
        "this GPU takes no forward-compatibility libcuda; take the cuda-compat folder out of LD_LIBRARY_PATH");
    public static final CudaError STREAM_CAPTURE_UNSUPPORTED = error(900, "STREAM_CAPTURE_UNSUPPORTED",
        "the call is not allowed while work is being captured");
    public static final CudaError STREAM_CAPTURE_INVALIDATED = error(901, "STREAM_CAPTURE_INVALIDATED",
        "an earlier call made this capture useless; end it and begin anew");
    public static final CudaError STREAM_CAPTURE_IMPLICIT = error(906, "STREAM_CAPTURE_IMPLICIT",
        "the default stream was used while another stream was being captured");
    public static final CudaError STREAM_CAPTURE_WRONG_THREAD = error(908, "STREAM_CAPTURE_WRONG_THREAD",
        "a capture ends on the thread where it began");
    public static final CudaError GRAPH_EXEC_UPDATE_FAILURE = error(910, "GRAPH_EXEC_UPDATE_FAILURE", "");
    public static final CudaError UNKNOWN = sticky(999, "UNKNOWN", "see the system log for Xid messages; reset or reboot the GPU");

    private static CudaError error(int code, String name, String advice) {
        return register(new CudaError(code, "CUDA_ERROR_" + name, false, advice));
    }

    private static CudaError sticky(int code, String name, String advice) {
        return register(new CudaError(code, "CUDA_ERROR_" + name, true, advice));
    }

    private static CudaError register(CudaError error) {
        BY_CODE.put(error.code, error);
        return error;
    }

    /** The error of that code, where it is one that users meet; others are known to the driver alone. */
    public static Optional<CudaError> of(int code) {
        return Optional.ofNullable(BY_CODE.get(code));
    }

    @Override
    public String toString() {
        return name + " (" + code + ")";
    }
}
