package dev.panacea.runtime.simulator.execution;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** Immediate post-dominators by the iteration of Cooper, Harvey and Kennedy over the reversed graph. */
final class PostDominators {
    private final List<List<Integer>> successors;
    private final List<List<Integer>> predecessors;
    private final int end;
    private final int[] order;
    private final int[] immediate;

    /** The node {@code successors.size()} stands for the end of all lanes. */
    PostDominators(List<List<Integer>> successors, List<List<Integer>> predecessors) {
        this.successors = successors;
        this.predecessors = predecessors;
        end = successors.size();
        order = new int[end + 1];
        immediate = new int[end + 1];
        Arrays.fill(order, -1);
        Arrays.fill(immediate, -1);
    }

    int[] immediate() {
        List<Integer> sequence = postOrder();
        immediate[end] = end;
        for (boolean changed = true; changed;) {
            changed = false;
            for (int i = sequence.size() - 2; i >= 0; i--) {
                changed |= improve(sequence.get(i));
            }
        }
        int[] found = new int[end];
        for (int i = 0; i < end; i++) {
            found[i] = immediate[i] == end ? -1 : immediate[i];
        }
        return found;
    }

    private boolean improve(int node) {
        int common = -1;
        List<Integer> next = successors.get(node);
        if (next.isEmpty()) {
            common = end;
        }
        for (int successor : next) {
            if (immediate[successor] >= 0) {
                common = common < 0 ? successor : meet(common, successor);
            }
        }
        boolean changed = common >= 0 && immediate[node] != common;
        if (changed) {
            immediate[node] = common;
        }
        return changed;
    }

    private int meet(int left, int right) {
        int a = left;
        int b = right;
        while (a != b) {
            while (order[a] < order[b]) {
                a = immediate[a];
            }
            while (order[b] < order[a]) {
                b = immediate[b];
            }
        }
        return a;
    }

    /** The nodes that reach the end, in post-order from it. */
    private List<Integer> postOrder() {
        List<Integer> sequence = new ArrayList<>();
        boolean[] seen = new boolean[end + 1];
        Deque<int[]> stack = new ArrayDeque<>();
        stack.push(new int[] {end, 0});
        seen[end] = true;
        while (!stack.isEmpty()) {
            int[] top = stack.peek();
            List<Integer> before = top[0] == end ? exits() : predecessors.get(top[0]);
            if (top[1] == before.size()) {
                order[top[0]] = sequence.size();
                sequence.add(top[0]);
                stack.pop();
            } else {
                int node = before.get(top[1]++);
                if (!seen[node]) {
                    seen[node] = true;
                    stack.push(new int[] {node, 0});
                }
            }
        }
        return sequence;
    }

    private List<Integer> exits() {
        List<Integer> exits = new ArrayList<>();
        for (int i = 0; i < end; i++) {
            if (successors.get(i).isEmpty()) {
                exits.add(i);
            }
        }
        return exits;
    }
}
