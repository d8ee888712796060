package dev.panacea.runtime.bindings;

import java.lang.foreign.MemorySegment;

/** The driver itself, its devices and their contexts. */
public final class LibCudaDevices {
    private final MemorySegment init;
    private final MemorySegment driverGetVersion;
    private final MemorySegment getErrorName;
    private final MemorySegment getErrorString;
    private final MemorySegment deviceGetCount;
    private final MemorySegment deviceGet;
    private final MemorySegment deviceGetName;
    private final MemorySegment deviceTotalMem;
    private final MemorySegment deviceGetAttribute;
    private final MemorySegment deviceCanAccessPeer;
    private final MemorySegment devicePrimaryCtxRetain;
    private final MemorySegment devicePrimaryCtxRelease;
    private final MemorySegment ctxSetCurrent;
    private final MemorySegment ctxSynchronize;
    private final MemorySegment ctxEnablePeerAccess;
    private final MemorySegment profilerStart;
    private final MemorySegment profilerStop;

    LibCudaDevices(Symbols symbols) {
        init = symbols.require("cuInit");
        driverGetVersion = symbols.require("cuDriverGetVersion");
        getErrorName = symbols.require("cuGetErrorName");
        getErrorString = symbols.require("cuGetErrorString");
        deviceGetCount = symbols.require("cuDeviceGetCount");
        deviceGet = symbols.require("cuDeviceGet");
        deviceGetName = symbols.require("cuDeviceGetName");
        deviceTotalMem = symbols.require("cuDeviceTotalMem_v2");
        deviceGetAttribute = symbols.require("cuDeviceGetAttribute");
        deviceCanAccessPeer = symbols.require("cuDeviceCanAccessPeer");
        devicePrimaryCtxRetain = symbols.require("cuDevicePrimaryCtxRetain");
        devicePrimaryCtxRelease = symbols.require("cuDevicePrimaryCtxRelease_v2");
        ctxSetCurrent = symbols.require("cuCtxSetCurrent");
        ctxSynchronize = symbols.require("cuCtxSynchronize");
        ctxEnablePeerAccess = symbols.require("cuCtxEnablePeerAccess");
        profilerStart = symbols.require("cuProfilerStart");
        profilerStop = symbols.require("cuProfilerStop");
    }

    // CUresult cuInit(unsigned int Flags)
    public int cuInit(int flags) {
        return NativeCalls.call(init, flags);
    }

    // CUresult cuDriverGetVersion(int *driverVersion)
    public int cuDriverGetVersion(long version) {
        return NativeCalls.callShort(driverGetVersion, version);
    }

    // CUresult cuGetErrorName(CUresult error, const char **pStr)
    public int cuGetErrorName(int error, long text) {
        return NativeCalls.callShort(getErrorName, error, text);
    }

    // CUresult cuGetErrorString(CUresult error, const char **pStr)
    public int cuGetErrorString(int error, long text) {
        return NativeCalls.callShort(getErrorString, error, text);
    }

    // CUresult cuDeviceGetCount(int *count)
    public int cuDeviceGetCount(long count) {
        return NativeCalls.call(deviceGetCount, count);
    }

    // CUresult cuDeviceGet(CUdevice *device, int ordinal)
    public int cuDeviceGet(long device, int ordinal) {
        return NativeCalls.call(deviceGet, device, ordinal);
    }

    // CUresult cuDeviceGetName(char *name, int len, CUdevice dev)
    public int cuDeviceGetName(long name, int length, int device) {
        return NativeCalls.call(deviceGetName, name, length, device);
    }

    // CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice dev)
    public int cuDeviceTotalMem(long bytes, int device) {
        return NativeCalls.call(deviceTotalMem, bytes, device);
    }

    // CUresult cuDeviceGetAttribute(int *pi, CUdevice_attribute attrib, CUdevice dev)
    public int cuDeviceGetAttribute(long value, int attribute, int device) {
        return NativeCalls.callShort(deviceGetAttribute, value, attribute, device);
    }

    // CUresult cuDeviceCanAccessPeer(int *canAccessPeer, CUdevice dev, CUdevice peerDev)
    public int cuDeviceCanAccessPeer(long canAccess, int device, int peer) {
        return NativeCalls.call(deviceCanAccessPeer, canAccess, device, peer);
    }

    // CUresult cuDevicePrimaryCtxRetain(CUcontext *pctx, CUdevice dev)
    public int cuDevicePrimaryCtxRetain(long context, int device) {
        return NativeCalls.call(devicePrimaryCtxRetain, context, device);
    }

    // CUresult cuDevicePrimaryCtxRelease_v2(CUdevice dev)
    public int cuDevicePrimaryCtxRelease(int device) {
        return NativeCalls.call(devicePrimaryCtxRelease, device);
    }

    // CUresult cuCtxSetCurrent(CUcontext ctx)
    public int cuCtxSetCurrent(long context) {
        return NativeCalls.call(ctxSetCurrent, context);
    }

    // CUresult cuCtxSynchronize(void)
    public int cuCtxSynchronize() {
        return NativeCalls.call(ctxSynchronize);
    }

    // CUresult cuCtxEnablePeerAccess(CUcontext peerContext, unsigned int Flags)
    public int cuCtxEnablePeerAccess(long peer, int flags) {
        return NativeCalls.call(ctxEnablePeerAccess, peer, flags);
    }

    // CUresult cuProfilerStart(void)
    public int cuProfilerStart() {
        return NativeCalls.call(profilerStart);
    }

    // CUresult cuProfilerStop(void)
    public int cuProfilerStop() {
        return NativeCalls.call(profilerStop);
    }
}
