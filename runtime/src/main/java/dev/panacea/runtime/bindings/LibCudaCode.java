package dev.panacea.runtime.bindings;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Modules, kernels and launches. */
public final class LibCudaCode {
    private final MemorySegment moduleLoadDataEx;
    private final MemorySegment moduleUnload;
    private final MemorySegment moduleGetFunction;
    private final MemorySegment moduleGetGlobal;
    private final MemorySegment funcGetAttribute;
    private final MemorySegment funcSetAttribute;
    private final Optional<MemorySegment> funcGetParamInfo;
    private final MemorySegment occupancyMaxActiveBlocksPerMultiprocessor;
    private final MemorySegment launchKernel;
    private final MemorySegment launchCooperativeKernel;
    private final Optional<MemorySegment> launchKernelEx;

    LibCudaCode(Symbols symbols) {
        moduleLoadDataEx = symbols.require("cuModuleLoadDataEx");
        moduleUnload = symbols.require("cuModuleUnload");
        moduleGetFunction = symbols.require("cuModuleGetFunction");
        moduleGetGlobal = symbols.require("cuModuleGetGlobal_v2");
        funcGetAttribute = symbols.require("cuFuncGetAttribute");
        funcSetAttribute = symbols.require("cuFuncSetAttribute");
        funcGetParamInfo = symbols.find("cuFuncGetParamInfo");
        occupancyMaxActiveBlocksPerMultiprocessor = symbols.require("cuOccupancyMaxActiveBlocksPerMultiprocessor");
        launchKernel = symbols.require("cuLaunchKernel");
        launchCooperativeKernel = symbols.require("cuLaunchCooperativeKernel");
        launchKernelEx = symbols.find("cuLaunchKernelEx");
    }

    // CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int numOptions, CUjit_option *options, void **optionValues)
    public int cuModuleLoadDataEx(long module, long image, int count, long options, long values) {
        return NativeCalls.call(moduleLoadDataEx, module, image, count, options, values);
    }

    // CUresult cuModuleUnload(CUmodule hmod)
    public int cuModuleUnload(long module) {
        return NativeCalls.call(moduleUnload, module);
    }

    // CUresult cuModuleGetFunction(CUfunction *hfunc, CUmodule hmod, const char *name)
    public int cuModuleGetFunction(long function, long module, long name) {
        return NativeCalls.call(moduleGetFunction, function, module, name);
    }

    // CUresult cuModuleGetGlobal_v2(CUdeviceptr *dptr, size_t *bytes, CUmodule hmod, const char *name)
    public int cuModuleGetGlobal(long pointer, long bytes, long module, long name) {
        return NativeCalls.call(moduleGetGlobal, pointer, bytes, module, name);
    }

    // CUresult cuFuncGetAttribute(int *pi, CUfunction_attribute attrib, CUfunction hfunc)
    public int cuFuncGetAttribute(long value, int attribute, long function) {
        return NativeCalls.call(funcGetAttribute, value, attribute, function);
    }

    // CUresult cuFuncSetAttribute(CUfunction hfunc, CUfunction_attribute attrib, int value)
    public int cuFuncSetAttribute(long function, int attribute, int value) {
        return NativeCalls.call(funcSetAttribute, function, attribute, value);
    }

    // CUresult cuFuncGetParamInfo(CUfunction func, size_t paramIndex, size_t *paramOffset, size_t *paramSize)
    /** Only where {@link #hasFuncGetParamInfo}. */
    public int cuFuncGetParamInfo(long function, long index, long offset, long size) {
        return NativeCalls.call(funcGetParamInfo.orElseThrow(), function, index, offset, size);
    }

    public boolean hasFuncGetParamInfo() {
        return funcGetParamInfo.isPresent();
    }

    // CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int *numBlocks, CUfunction func, int blockSize, size_t dynamicSMemSize)
    public int cuOccupancyMaxActiveBlocksPerMultiprocessor(long blocks, long function, int blockThreads, long sharedBytes) {
        return NativeCalls.call(occupancyMaxActiveBlocksPerMultiprocessor, blocks, function, blockThreads, sharedBytes);
    }

    // CUresult cuLaunchKernel(CUfunction f, unsigned int gridDimX, unsigned int gridDimY, unsigned int gridDimZ,
    //     unsigned int blockDimX, unsigned int blockDimY, unsigned int blockDimZ, unsigned int sharedMemBytes,
    //     CUstream hStream, void **kernelParams, void **extra)
    public int cuLaunchKernel(long function, int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ, int sharedBytes,
                              long stream, long parameters, long extra) {
        return NativeCalls.launch(launchKernel, function, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream, parameters,
            extra);
    }

    // CUresult cuLaunchCooperativeKernel(CUfunction f, unsigned int gridDimX, unsigned int gridDimY, unsigned int gridDimZ,
    //     unsigned int blockDimX, unsigned int blockDimY, unsigned int blockDimZ, unsigned int sharedMemBytes,
    //     CUstream hStream, void **kernelParams)
    public int cuLaunchCooperativeKernel(long function, int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ,
                                         int sharedBytes, long stream, long parameters) {
        return NativeCalls.launch(launchCooperativeKernel, function, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream,
            parameters);
    }

    // CUresult cuLaunchKernelEx(const CUlaunchConfig *config, CUfunction f, void **kernelParams, void **extra)
    /** Only where {@link #hasLaunchKernelEx}. */
    public int cuLaunchKernelEx(long config, long function, long parameters, long extra) {
        return NativeCalls.call(launchKernelEx.orElseThrow(), config, function, parameters, extra);
    }

    public boolean hasLaunchKernelEx() {
        return launchKernelEx.isPresent();
    }
}
