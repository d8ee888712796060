package dev.panacea.runtime.bindings;

import java.lang.foreign.MemorySegment;

/** Memory of the current context, copies and fills. */
public final class LibCudaMemory {
    private final MemorySegment memAlloc;
    private final MemorySegment memFree;
    private final MemorySegment memGetInfo;
    private final MemorySegment memHostAlloc;
    private final MemorySegment memFreeHost;
    private final MemorySegment memcpyHtoDAsync;
    private final MemorySegment memcpyDtoHAsync;
    private final MemorySegment memcpyDtoDAsync;
    private final MemorySegment memcpyPeerAsync;
    private final MemorySegment memsetD8Async;
    private final MemorySegment memsetD32Async;

    LibCudaMemory(Symbols symbols) {
        memAlloc = symbols.require("cuMemAlloc_v2");
        memFree = symbols.require("cuMemFree_v2");
        memGetInfo = symbols.require("cuMemGetInfo_v2");
        memHostAlloc = symbols.require("cuMemHostAlloc");
        memFreeHost = symbols.require("cuMemFreeHost");
        memcpyHtoDAsync = symbols.require("cuMemcpyHtoDAsync_v2");
        memcpyDtoHAsync = symbols.require("cuMemcpyDtoHAsync_v2");
        memcpyDtoDAsync = symbols.require("cuMemcpyDtoDAsync_v2");
        memcpyPeerAsync = symbols.require("cuMemcpyPeerAsync");
        memsetD8Async = symbols.require("cuMemsetD8Async");
        memsetD32Async = symbols.require("cuMemsetD32Async");
    }

    // CUresult cuMemAlloc_v2(CUdeviceptr *dptr, size_t bytesize)
    public int cuMemAlloc(long pointer, long bytes) {
        return NativeCalls.call(memAlloc, pointer, bytes);
    }

    // CUresult cuMemFree_v2(CUdeviceptr dptr)
    public int cuMemFree(long pointer) {
        return NativeCalls.call(memFree, pointer);
    }

    // CUresult cuMemGetInfo_v2(size_t *free, size_t *total)
    public int cuMemGetInfo(long free, long total) {
        return NativeCalls.call(memGetInfo, free, total);
    }

    // CUresult cuMemHostAlloc(void **pp, size_t bytesize, unsigned int Flags)
    public int cuMemHostAlloc(long pointer, long bytes, int flags) {
        return NativeCalls.call(memHostAlloc, pointer, bytes, flags);
    }

    // CUresult cuMemFreeHost(void *p)
    public int cuMemFreeHost(long pointer) {
        return NativeCalls.call(memFreeHost, pointer);
    }

    // CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr dstDevice, const void *srcHost, size_t ByteCount, CUstream hStream)
    public int cuMemcpyHtoDAsync(long to, long from, long bytes, long stream) {
        return NativeCalls.call(memcpyHtoDAsync, to, from, bytes, stream);
    }

    // CUresult cuMemcpyDtoHAsync_v2(void *dstHost, CUdeviceptr srcDevice, size_t ByteCount, CUstream hStream)
    public int cuMemcpyDtoHAsync(long to, long from, long bytes, long stream) {
        return NativeCalls.call(memcpyDtoHAsync, to, from, bytes, stream);
    }

    // CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr dstDevice, CUdeviceptr srcDevice, size_t ByteCount, CUstream hStream)
    public int cuMemcpyDtoDAsync(long to, long from, long bytes, long stream) {
        return NativeCalls.call(memcpyDtoDAsync, to, from, bytes, stream);
    }

    // CUresult cuMemcpyPeerAsync(CUdeviceptr dstDevice, CUcontext dstContext, CUdeviceptr srcDevice, CUcontext srcContext,
    //     size_t ByteCount, CUstream hStream)
    public int cuMemcpyPeerAsync(long to, long toContext, long from, long fromContext, long bytes, long stream) {
        return NativeCalls.call(memcpyPeerAsync, to, toContext, from, fromContext, bytes, stream);
    }

    // CUresult cuMemsetD8Async(CUdeviceptr dstDevice, unsigned char uc, size_t N, CUstream hStream)
    public int cuMemsetD8Async(long to, byte value, long count, long stream) {
        return NativeCalls.call(memsetD8Async, to, value, count, stream);
    }

    // CUresult cuMemsetD32Async(CUdeviceptr dstDevice, unsigned int ui, size_t N, CUstream hStream)
    public int cuMemsetD32Async(long to, int value, long count, long stream) {
        return NativeCalls.call(memsetD32Async, to, value, count, stream);
    }
}
