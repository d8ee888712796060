package dev.panacea.runtime.bindings;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Captured work. */
public final class LibCudaGraphs {
    private final MemorySegment streamBeginCapture;
    private final MemorySegment streamIsCapturing;
    private final MemorySegment streamEndCapture;
    private final MemorySegment graphInstantiate;
    private final Optional<MemorySegment> graphExecUpdate;
    private final MemorySegment graphLaunch;
    private final MemorySegment graphDestroy;
    private final MemorySegment graphExecDestroy;

    LibCudaGraphs(Symbols symbols) {
        streamBeginCapture = symbols.require("cuStreamBeginCapture_v2");
        streamIsCapturing = symbols.require("cuStreamIsCapturing");
        streamEndCapture = symbols.require("cuStreamEndCapture");
        graphInstantiate = symbols.require("cuGraphInstantiateWithFlags");
        graphExecUpdate = symbols.find("cuGraphExecUpdate_v2");
        graphLaunch = symbols.require("cuGraphLaunch");
        graphDestroy = symbols.require("cuGraphDestroy");
        graphExecDestroy = symbols.require("cuGraphExecDestroy");
    }

    // CUresult cuStreamBeginCapture_v2(CUstream hStream, CUstreamCaptureMode mode)
    public int cuStreamBeginCapture(long stream, int mode) {
        return NativeCalls.call(streamBeginCapture, stream, mode);
    }

    // CUresult cuStreamIsCapturing(CUstream hStream, CUstreamCaptureStatus *captureStatus)
    public int cuStreamIsCapturing(long stream, long status) {
        return NativeCalls.call(streamIsCapturing, stream, status);
    }

    // CUresult cuStreamEndCapture(CUstream hStream, CUgraph *phGraph)
    public int cuStreamEndCapture(long stream, long graph) {
        return NativeCalls.call(streamEndCapture, stream, graph);
    }

    // CUresult cuGraphInstantiateWithFlags(CUgraphExec *phGraphExec, CUgraph hGraph, unsigned long long flags)
    public int cuGraphInstantiate(long executable, long graph, long flags) {
        return NativeCalls.call(graphInstantiate, executable, graph, flags);
    }

    // CUresult cuGraphExecUpdate_v2(CUgraphExec hGraphExec, CUgraph hGraph, CUgraphExecUpdateResultInfo *resultInfo)
    /** Only where {@link #hasGraphExecUpdate}. */
    public int cuGraphExecUpdate(long executable, long graph, long result) {
        return NativeCalls.call(graphExecUpdate.orElseThrow(), executable, graph, result);
    }

    public boolean hasGraphExecUpdate() {
        return graphExecUpdate.isPresent();
    }

    // CUresult cuGraphLaunch(CUgraphExec hGraphExec, CUstream hStream)
    public int cuGraphLaunch(long executable, long stream) {
        return NativeCalls.call(graphLaunch, executable, stream);
    }

    // CUresult cuGraphDestroy(CUgraph hGraph)
    public int cuGraphDestroy(long graph) {
        return NativeCalls.call(graphDestroy, graph);
    }

    // CUresult cuGraphExecDestroy(CUgraphExec hGraphExec)
    public int cuGraphExecDestroy(long executable) {
        return NativeCalls.call(graphExecDestroy, executable);
    }
}
