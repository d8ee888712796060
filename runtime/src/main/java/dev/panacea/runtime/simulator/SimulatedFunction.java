package dev.panacea.runtime.simulator;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.FunctionAttribute;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.execution.LoadedKernel;
import java.util.List;

/** A kernel as callers hold it: what its launches must keep to. */
final class SimulatedFunction {

    private final LoadedKernel kernel;
    private final DeviceModel model;
    private int maxDynamicShared;

    SimulatedFunction(LoadedKernel kernel, DeviceModel model) {
        this.kernel = kernel;
        this.model = model;
        maxDynamicShared = Math.max(DeviceModel.SHARED_BYTES - kernel.sharedBytes(), 0);
    }

    LoadedKernel kernel() {
        return kernel;
    }

    /** {@link FunctionAttribute#REGISTERS} counts the simulator's own, see {@link LoadedKernel#registers}. */
    int attribute(FunctionAttribute attribute) {
        return switch (attribute) {
            case MAX_THREADS_PER_BLOCK -> maxThreads();
            case STATIC_SHARED_BYTES -> kernel.sharedBytes();
            case CONSTANT_BYTES -> kernel.parameterBytes();
            case LOCAL_BYTES -> (int) kernel.localBytes();
            case REGISTERS -> kernel.registers();
            case PTX_VERSION -> kernel.ptxVersion();
            case BINARY_VERSION -> 10 * model.major() + model.minor();
            case MAX_DYNAMIC_SHARED_BYTES -> maxDynamicShared;
            case PREFERRED_SHARED_CARVEOUT -> -1;
            case NON_PORTABLE_CLUSTER_SIZE_ALLOWED -> 0;
        };
    }

    void setAttribute(FunctionAttribute attribute, int value) {
        switch (attribute) {
            case MAX_DYNAMIC_SHARED_BYTES -> {
                if (value < 0 || value > model.sharedBytesOptIn() - kernel.sharedBytes()) {
                    throw invalid("cuFuncSetAttribute", value + " bytes of dynamic shared memory, and a block can have "
                        + (model.sharedBytesOptIn() - kernel.sharedBytes()) + " beside its own " + kernel.sharedBytes());
                }
                maxDynamicShared = value;
            }
            case PREFERRED_SHARED_CARVEOUT -> { }
            default -> throw invalid("cuFuncSetAttribute", attribute + " cannot be set");
        }
    }

    private int maxThreads() {
        long product = 1;
        for (long extent : kernel.limit("maxntid")) {
            product *= extent;
        }
        return kernel.limit("maxntid").isEmpty() ? DeviceModel.THREADS_PER_BLOCK : (int) Math.min(product, DeviceModel.THREADS_PER_BLOCK);
    }

    /** Blocks that a multiprocessor holds at once, registers left out of account. */
    int residentBlocks(int threads, int dynamicSharedBytes) {
        int warps = Math.ceilDiv(Math.max(threads, 1), DeviceModel.WARP);
        int byThreads = DeviceModel.THREADS_PER_MULTIPROCESSOR / DeviceModel.WARP / warps;
        int shared = kernel.sharedBytes() + dynamicSharedBytes;
        int byShared = model.sharedBytesPerMultiprocessor() / (shared + DeviceModel.RESERVED_SHARED_BYTES);
        return shared > model.sharedBytesOptIn() ? 0 : Math.min(Math.min(byThreads, byShared), DeviceModel.BLOCKS_PER_MULTIPROCESSOR);
    }

    void check(KernelSignature signature) {
        List<LoadedKernel.Parameter> parameters = kernel.parameters();
        if (parameters.size() != signature.count()) {
            throw invalid("cuFuncGetParamInfo", "it takes " + parameters.size() + " arguments, and " + signature.count() + " are declared");
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).bytes() != signature.kind(i).bytes()) {
                throw invalid("cuFuncGetParamInfo", "argument " + i + " has " + parameters.get(i).bytes() + " bytes, and "
                    + signature.kind(i) + " with " + signature.kind(i).bytes() + " is declared");
            }
        }
    }

    /** Refuses what the driver refuses. */
    void check(LaunchGeometry geometry, int argumentBytes) {
        Dimensions block = geometry.block();
        if (block.count() > maxThreads() || block.z() > DeviceModel.MOST_BLOCK_Z) {
            throw invalid("cuLaunchKernel", block + " threads a block, and at most " + maxThreads() + " are allowed");
        }
        List<Long> required = kernel.limit("reqntid");
        if (!required.isEmpty() && (required.getFirst() != block.x() || required.size() > 1 && required.get(1) != block.y()
            || required.size() > 2 && required.get(2) != block.z())) {
            throw invalid("cuLaunchKernel", block + " threads a block, and it requires " + required);
        }
        if (geometry.grid().y() > DeviceModel.MOST_GRID_YZ || geometry.grid().z() > DeviceModel.MOST_GRID_YZ
            || geometry.grid().count() > Integer.MAX_VALUE) {
            throw invalid("cuLaunchKernel", geometry.grid() + " blocks");
        }
        if (geometry.dynamicSharedBytes() > maxDynamicShared) {
            throw invalid("cuLaunchKernel", geometry.dynamicSharedBytes() + " bytes of dynamic shared memory, and " + maxDynamicShared
                + " are allowed; raise MAX_DYNAMIC_SHARED_BYTES");
        }
        if (!geometry.cluster().equals(Dimensions.ONE)) {
            throw invalid("cuLaunchKernelEx", "clusters need sm_90, and this is sm_" + model.major() + model.minor());
        }
        // The last argument may be the fields of a struct, which ends in padding.
        int missing = kernel.parameterBytes() - argumentBytes;
        if (missing < 0 || missing >= Long.BYTES) {
            throw invalid("cuLaunchKernel", argumentBytes + " bytes of arguments, and it takes " + kernel.parameterBytes());
        }
        long resident = (long) residentBlocks((int) block.count(), geometry.dynamicSharedBytes()) * model.multiprocessors();
        if (geometry.cooperative() && geometry.grid().count() > resident) {
            throw new CudaException("cuLaunchCooperativeKernel", CudaError.COOPERATIVE_LAUNCH_TOO_LARGE, kernel.name() + ": "
                + geometry.grid().count()
                + " blocks, and " + resident + " can be resident");
        }
    }

    private CudaException invalid(String call, String detail) {
        return new CudaException(call, CudaError.INVALID_VALUE, kernel.name() + ": " + detail);
    }
}
