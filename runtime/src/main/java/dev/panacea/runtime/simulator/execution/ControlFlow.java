package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxException;
import dev.panacea.runtime.simulator.ptx.PtxFunction;
import dev.panacea.runtime.simulator.ptx.PtxInstruction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The basic blocks of a function and where lanes that part in one meet again: its immediate post-dominator. Instruction number
 * {@code instructions().size()} is the end of the function, where all returns go.
 */
final class ControlFlow {
    private final PtxFunction function;
    private final int length;
    private final int[] blockOf;
    private final List<int[]> blocks = new ArrayList<>();
    private final List<List<Integer>> successors = new ArrayList<>();
    private final int[] meeting;

    ControlFlow(PtxFunction function) {
        this.function = function;
        length = function.instructions().size();
        blockOf = new int[length + 1];
        cut();
        for (int[] block : blocks) {
            successors.add(successorsOf(block[1] - 1));
        }
        meeting = new PostDominators(successors, predecessors()).immediate();
    }

    int blocks() {
        return blocks.size();
    }

    int first(int block) {
        return blocks.get(block)[0];
    }

    int end(int block) {
        return blocks.get(block)[1];
    }

    List<Integer> successors(int block) {
        return successors.get(block);
    }

    boolean leads(int instruction) {
        return first(blockOf[instruction]) == instruction;
    }

    /** Where lanes that part at {@code instruction} meet; -1 where they never do. */
    int meeting(int instruction) {
        int block = meeting[blockOf[instruction]];
        return block < 0 ? -1 : first(block);
    }

    /** Where a label stands. */
    static int target(PtxFunction function, PtxInstruction instruction, String label) {
        Integer target = function.labels().get(label);
        if (target == null) {
            throw new PtxException(instruction.line(), "there is no label " + label + " in " + function.name());
        }
        return target;
    }

    /** Where {@code brx.idx} may go. */
    static int[] targets(PtxFunction function, PtxInstruction instruction) {
        Operand last = instruction.operands().getLast();
        List<String> table = last instanceof Operand.Symbol symbol ? function.tables().get(symbol.name()) : null;
        if (table == null) {
            throw new PtxException(instruction.line(), "expected a list of .branchtargets");
        }
        return table.stream().mapToInt(label -> target(function, instruction, label)).toArray();
    }

    static String label(PtxInstruction instruction) {
        if (instruction.operands().size() == 1 && instruction.operands().getFirst() instanceof Operand.Symbol symbol) {
            return symbol.name();
        }
        throw new PtxException(instruction.line(), "expected one label");
    }

    private void cut() {
        boolean[] leader = new boolean[length + 1];
        leader[0] = true;
        leader[length] = true;
        function.labels().values().forEach(at -> leader[at] = true);
        for (int i = 0; i < length; i++) {
            leader[i + 1] |= ends(function.instructions().get(i));
        }
        for (int i = 0; i <= length; i++) {
            if (leader[i]) {
                blocks.add(new int[] {i, i});
            }
            blocks.getLast()[1] = i + 1;
            blockOf[i] = blocks.size() - 1;
        }
    }

    private static boolean ends(PtxInstruction instruction) {
        return switch (instruction.opcode()) {
            case "bra", "brx", "ret", "exit", "trap", "call" -> true;
            default -> false;
        };
    }

    private List<Integer> successorsOf(int instruction) {
        List<Integer> next = new ArrayList<>();
        if (instruction == length) {
            return next;
        }
        PtxInstruction last = function.instructions().get(instruction);
        boolean falls = last.guard() != null;
        switch (last.opcode()) {
            case "bra" -> next.add(blockOf[target(function, last, label(last))]);
            case "brx" -> Arrays.stream(targets(function, last)).map(target -> blockOf[target]).distinct().forEach(next::add);
            case "ret" -> next.add(blockOf[length]);
            case "exit", "trap" -> { }
            default -> falls = true;
        }
        if (falls && !next.contains(blockOf[instruction + 1])) {
            next.add(blockOf[instruction + 1]);
        }
        return next;
    }

    private List<List<Integer>> predecessors() {
        List<List<Integer>> predecessors = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            predecessors.add(new ArrayList<>());
        }
        for (int i = 0; i < blocks.size(); i++) {
            for (int successor : successors.get(i)) {
                predecessors.get(successor).add(i);
            }
        }
        return predecessors;
    }
}
