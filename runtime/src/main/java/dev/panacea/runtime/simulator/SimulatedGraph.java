package dev.panacea.runtime.simulator;

import java.util.List;

/** Captured work, ready to be run again and again. */
final class SimulatedGraph {
    private List<Work> work;

    SimulatedGraph(List<Work> work) {
        this.work = work;
    }

    List<Work> work() {
        return work;
    }

    /** Takes over another graph's parameters; false when it has another shape. */
    boolean update(SimulatedGraph other) {
        if (work.size() != other.work.size()) {
            return false;
        }
        for (int i = 0; i < work.size(); i++) {
            if (!work.get(i).hasShapeOf(other.work.get(i))) {
                return false;
            }
        }
        work = other.work;
        return true;
    }
}
