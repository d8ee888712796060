package dev.panacea.training;

import dev.panacea.objective.HostPass;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.HeldTables;
import dev.panacea.runtime.ReplayArena;
import dev.panacea.runtime.cuda.Graph;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs the works of steps on a CUDA device, and of those whose shape comes again captures them the second time and from then on replays
 * them: one call instead of thousands of launches, with the same results. The shapes seen last are kept; all their graphs work in the
 * same memory.
 */
final class CapturedSteps implements AutoCloseable {
    /** A graph of a step has thousands of nodes, a few megabytes on the device. */
    static final int MOST = 16;
    private static final int MOST_FAILURES = 3;

    /** A shape that was seen, with a graph of each of its works or none. */
    private static final class Seen implements AutoCloseable {
        private final List<HeldTables> tables = new ArrayList<>();
        private List<Graph> graphs = List.of();

        @Override
        public void close() {
            graphs.forEach(Graph::close);
            tables.forEach(HeldTables::close);
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
     * Runs {@code works}, or graphs of them.
     *
     * @param shape works of one shape make the same launches on the same addresses
     * @param between what the host does between one of them and the next
     */
    void run(List<HostPass.Shape> shape, List<Runnable> works, Runnable between) {
        Seen known = seen.get(shape);
        if (known == null) {
            runAsTheyCome(remember(shape), works, between);
        } else if (!known.graphs.isEmpty()) {
            inOrder(known.graphs, graph -> graph.launch(device.computeStream()), between);
        } else if (failures == MOST_FAILURES || !capture(known, works, between)) {
            runAsTheyCome(known, works, between);
        }
    }

    private Seen remember(List<HostPass.Shape> shape) {
        if (seen.size() == MOST) {
            Iterator<Seen> eldestFirst = seen.values().iterator();
            eldestFirst.next().close();
            eldestFirst.remove();
        }
        Seen fresh = new Seen();
        seen.put(shape, fresh);
        return fresh;
    }

    private void runAsTheyCome(Seen known, List<Runnable> works, Runnable between) {
        List<HeldTables> before = List.copyOf(known.tables);
        inOrder(works, work -> known.tables.add(arena.run(work)), between);
        known.tables.removeAll(before);
        before.forEach(HeldTables::close);
        arena.requireFree();
    }

    // Whatever it fails of, no update has run: the step can run as it comes, and if it is to blame itself, it says so then.
    private boolean capture(Seen known, List<Runnable> works, Runnable between) {
        List<Graph> graphs = new ArrayList<>();
        try {
            inOrder(works, work -> {
                graphs.add(arena.capture(work));
                graphs.getLast().launch(device.computeStream());
            }, between);
        } catch (RuntimeException e) {
            graphs.forEach(Graph::close);
            failures++;
            lastFailure = e.getMessage();
            return false;
        }
        known.graphs = graphs;
        arena.requireFree();
        return true;
    }

    static <T> void inOrder(List<T> works, Consumer<T> run, Runnable between) {
        for (int i = 0; i < works.size(); i++) {
            if (i > 0) {
                between.run();
            }
            run.accept(works.get(i));
        }
    }

    /** Why steps are captured no more, once that is so. */
    Optional<String> failure() {
        return failures < MOST_FAILURES ? Optional.empty() : Optional.of(lastFailure);
    }

    /** How many graphs are kept. */
    int graphs() {
        return seen.values().stream().mapToInt(one -> one.graphs.size()).sum();
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
