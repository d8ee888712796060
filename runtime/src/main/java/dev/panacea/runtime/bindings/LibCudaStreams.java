package dev.panacea.runtime.bindings;

import java.lang.foreign.MemorySegment;

/** Streams and events. */
public final class LibCudaStreams {
    private final MemorySegment streamCreate;
    private final MemorySegment streamDestroy;
    private final MemorySegment streamSynchronize;
    private final MemorySegment streamQuery;
    private final MemorySegment streamWaitEvent;
    private final MemorySegment eventCreate;
    private final MemorySegment eventDestroy;
    private final MemorySegment eventRecord;
    private final MemorySegment eventSynchronize;
    private final MemorySegment eventQuery;
    private final MemorySegment eventElapsedTime;

    LibCudaStreams(Symbols symbols) {
        streamCreate = symbols.require("cuStreamCreate");
        streamDestroy = symbols.require("cuStreamDestroy_v2");
        streamSynchronize = symbols.require("cuStreamSynchronize");
        streamQuery = symbols.require("cuStreamQuery");
        streamWaitEvent = symbols.require("cuStreamWaitEvent");
        eventCreate = symbols.require("cuEventCreate");
        eventDestroy = symbols.require("cuEventDestroy_v2");
        eventRecord = symbols.require("cuEventRecord");
        eventSynchronize = symbols.require("cuEventSynchronize");
        eventQuery = symbols.require("cuEventQuery");
        eventElapsedTime = symbols.require("cuEventElapsedTime");
    }

    // CUresult cuStreamCreate(CUstream *phStream, unsigned int Flags)
    public int cuStreamCreate(long stream, int flags) {
        return NativeCalls.call(streamCreate, stream, flags);
    }

    // CUresult cuStreamDestroy_v2(CUstream hStream)
    public int cuStreamDestroy(long stream) {
        return NativeCalls.call(streamDestroy, stream);
    }

    // CUresult cuStreamSynchronize(CUstream hStream)
    public int cuStreamSynchronize(long stream) {
        return NativeCalls.call(streamSynchronize, stream);
    }

    // CUresult cuStreamQuery(CUstream hStream)
    public int cuStreamQuery(long stream) {
        return NativeCalls.call(streamQuery, stream);
    }

    // CUresult cuStreamWaitEvent(CUstream hStream, CUevent hEvent, unsigned int Flags)
    public int cuStreamWaitEvent(long stream, long event, int flags) {
        return NativeCalls.call(streamWaitEvent, stream, event, flags);
    }

    // CUresult cuEventCreate(CUevent *phEvent, unsigned int Flags)
    public int cuEventCreate(long event, int flags) {
        return NativeCalls.call(eventCreate, event, flags);
    }

    // CUresult cuEventDestroy_v2(CUevent hEvent)
    public int cuEventDestroy(long event) {
        return NativeCalls.call(eventDestroy, event);
    }

    // CUresult cuEventRecord(CUevent hEvent, CUstream hStream)
    public int cuEventRecord(long event, long stream) {
        return NativeCalls.call(eventRecord, event, stream);
    }

    // CUresult cuEventSynchronize(CUevent hEvent)
    public int cuEventSynchronize(long event) {
        return NativeCalls.call(eventSynchronize, event);
    }

    // CUresult cuEventQuery(CUevent hEvent)
    public int cuEventQuery(long event) {
        return NativeCalls.call(eventQuery, event);
    }

    // CUresult cuEventElapsedTime(float *pMilliseconds, CUevent hStart, CUevent hEnd)
    public int cuEventElapsedTime(long milliseconds, long start, long end) {
        return NativeCalls.call(eventElapsedTime, milliseconds, start, end);
    }
}
