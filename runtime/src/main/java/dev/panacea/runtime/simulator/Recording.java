package dev.panacea.runtime.simulator;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaException;
import java.util.ArrayList;
import java.util.List;

/** A capture under way: the work of the stream it began on and of those that joined it by waiting for its events. */
final class Recording {
    final SimulatedStream origin;
    private final List<SimulatedStream> joined = new ArrayList<>();
    private final List<Work> work = new ArrayList<>();

    private boolean spoiled;

    Recording(SimulatedStream origin) {
        this.origin = origin;
        join(origin);
    }

    void join(SimulatedStream stream) {
        stream.recording = this;
        joined.add(stream);
    }

    void add(Work one) {
        work.add(one);
    }

    /** A call that is not allowed while capturing makes the capture useless. */
    void spoil() {
        spoiled = true;
    }

    /** Ends the capture. The order in which work was given is one that all dependencies allow. */
    List<Work> end() {
        joined.forEach(stream -> stream.recording = null);
        if (spoiled) {
            throw new CudaException("cuStreamEndCapture", CudaError.STREAM_CAPTURE_INVALIDATED, "a stream was waited for while captured");
        }
        return List.copyOf(work);
    }
}
