package dev.panacea.training;

import dev.panacea.objective.HostPass;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.HeldTables;
import dev.panacea.runtime.ReplayArena;
import dev.panacea.runtime.cuda.Graph;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the work of steps on a CUDA device, and of those whose shape comes again captures it the second time and from then on replays
 * it: one call instead of thousands of launches, with the same results. The shapes seen last are kept; all their graphs work in the
 * same memory.
 */
final class CapturedSteps implements AutoCloseable {
    /** A graph of a step has thousands of nodes, a few megabytes on the device. */
    static final int MOST = 16;
    private static final int MOST_FAILURES = 3;

    /** A shape that was seen. */
    private static final class Seen implements AutoCloseable {
        private HeldTables tables;
        private Graph graph;

        @Override
        public void close() {
            if (graph != null) {
                graph.close();
            }
            tables.close();
        }
    }

    private final CudaDevice device;
    private final ReplayArena arena;
    private final Map<List<HostPass.Shape>, Seen> seen = new LinkedHashMap<>(MOST, 0.75f, true);
    private int failures;
    private String lastFailure;

    CapturedSteps(CudaDevice device) {
        this.device = device;
        arena = device.openReplayArena();
    }

    /**
     * Runs {@code work}, or a graph of it.
     *
     * @param shape works of one shape make the same launches on the same addresses
     */
    void run(List<HostPass.Shape> shape, Runnable work) {
        Seen known = seen.get(shape);
        if (known == null) {
            remember(shape, arena.run(work));
        } else if (known.graph != null || failures < MOST_FAILURES && capture(known, work)) {
            known.graph.launch(device.computeStream());
        } else {
            HeldTables before = known.tables;
            known.tables = arena.run(work);
            before.close();
        }
    }

    private void remember(List<HostPass.Shape> shape, HeldTables tables) {
        if (seen.size() == MOST) {
            Iterator<Seen> eldestFirst = seen.values().iterator();
            eldestFirst.next().close();
            eldestFirst.remove();
        }
        Seen fresh = new Seen();
        fresh.tables = tables;
        seen.put(shape, fresh);
    }

    // Whatever a capture fails of, nothing has run: the step can run as it is, and if it is to blame itself, says so then.
    private boolean capture(Seen known, Runnable work) {
        try {
            known.graph = arena.capture(work);
            return true;
        } catch (RuntimeException e) {
            failures++;
            lastFailure = e.getMessage();
            return false;
        }
    }

    /** Why steps are captured no more, once that is so. */
    Optional<String> failure() {
        return failures < MOST_FAILURES ? Optional.empty() : Optional.of(lastFailure);
    }

    /** How many graphs are kept. */
    int graphs() {
        return (int) seen.values().stream().filter(one -> one.graph != null).count();
    }

    /** Forgets all shapes, as what their graphs read has moved. */
    void clear() {
        seen.values().forEach(Seen::close);
        seen.clear();
    }

    @Override
    public void close() {
        clear();
        arena.close();
    }
}
