package dev.panacea.runtime.cuda;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Streams as queues: work runs as soon as it is given, unless its stream is held back or waits for an event. */
final class FakeStreams {
    private final Map<CudaStream, Queue<BooleanSupplier>> queues = new HashMap<>();
    private final Map<CudaStream, List<BooleanSupplier>> captures = new HashMap<>();
    private final Map<CudaEvent, Integer> pendingMarks = new HashMap<>();
    private final Set<CudaStream> held = new HashSet<>();

    void add(CudaStream stream) {
        queues.put(stream, new ArrayDeque<>());
    }

    void add(CudaEvent event) {
        pendingMarks.put(event, 0);
    }

    void hold(CudaStream stream) {
        held.add(stream);
    }

    void finish(CudaStream stream) {
        held.remove(stream);
        runAll();
    }

    void finishAll() {
        held.clear();
        runAll();
    }

    boolean isDone(CudaStream stream) {
        return queues.get(stream).isEmpty();
    }

    boolean isDone(CudaEvent event) {
        return pendingMarks.get(event) == 0;
    }

    void record(CudaEvent event, CudaStream stream) {
        pendingMarks.merge(event, 1, Integer::sum);
        give(stream, () -> pendingMarks.merge(event, -1, Integer::sum));
    }

    void waitFor(CudaStream stream, CudaEvent event) {
        enqueue(stream, () -> isDone(event));
    }

    void give(CudaStream stream, Runnable work) {
        enqueue(stream, () -> {
            work.run();
            return true;
        });
    }

    void give(CudaStream stream, List<BooleanSupplier> captured) {
        captured.forEach(work -> enqueue(stream, work));
    }

    void beginCapture(CudaStream stream) {
        captures.put(stream, new ArrayList<>());
    }

    List<BooleanSupplier> endCapture(CudaStream stream) {
        return captures.remove(stream);
    }

    /** @param work says whether it ran; if not, it is asked again */
    private void enqueue(CudaStream stream, BooleanSupplier work) {
        if (captures.containsKey(stream)) {
            captures.get(stream).add(work);
        } else {
            queues.get(stream).add(work);
            runAll();
        }
    }

    private void runAll() {
        boolean ran = true;
        while (ran) {
            ran = false;
            for (Map.Entry<CudaStream, Queue<BooleanSupplier>> stream : queues.entrySet()) {
                ran |= !held.contains(stream.getKey()) && run(stream.getValue());
            }
        }
    }

    private static boolean run(Queue<BooleanSupplier> queue) {
        boolean ran = false;
        while (!queue.isEmpty() && queue.peek().getAsBoolean()) {
            queue.remove();
            ran = true;
        }
        return ran;
    }
}
