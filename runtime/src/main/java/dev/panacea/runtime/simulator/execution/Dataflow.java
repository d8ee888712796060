package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxInstruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The registers that an instruction reads and writes. */
record Dataflow(List<Operand.Register> reads, List<Operand.Register> writes) {
    private static final Set<String> WITHOUT_RESULT = Set.of("st", "red", "bra", "brx", "ret", "exit", "barrier", "membar", "fence",
        "prefetch",
        "prefetchu", "cp", "trap", "nanosleep", "brkpt", "pmevent", "discard", "applypriority", "stmatrix", "griddepcontrol");

    static Dataflow of(PtxInstruction instruction) {
        Dataflow flow = new Dataflow(new ArrayList<>(), new ArrayList<>());
        if (instruction.guard() != null) {
            flow.reads.add(instruction.guard());
        }
        List<Operand> operands = instruction.operands();
        boolean result = hasResult(instruction);
        for (int i = 0; i < operands.size(); i++) {
            flow.collect(operands.get(i), result && i == 0 ? flow.writes : flow.reads);
        }
        return flow;
    }

    private static boolean hasResult(PtxInstruction instruction) {
        String opcode = instruction.opcode();
        if (opcode.equals("call")) {
            return instruction.operands().size() > 1 && instruction.operands().getFirst() instanceof Operand.Group;
        }
        if (opcode.equals("bar") || opcode.equals("barrier")) {
            return instruction.has("red");
        }
        if (opcode.equals("mbarrier")) {
            return instruction.operands().size() > 1 && !(instruction.operands().getFirst() instanceof Operand.Address);
        }
        return !WITHOUT_RESULT.contains(opcode);
    }

    private void collect(Operand operand, List<Operand.Register> into) {
        switch (operand) {
            case Operand.Register register -> into.add(register);
            case Operand.Negated negated -> into.add(negated.predicate());
            case Operand.Address address -> {
                if (address.base() != null) {
                    collect(address.base(), reads);
                }
                address.coordinates().forEach(coordinate -> collect(coordinate, reads));
            }
            case Operand.Vector vector -> vector.elements().forEach(element -> collect(element, into));
            case Operand.Group group -> group.elements().forEach(element -> collect(element, into));
            case Operand.Pair pair -> {
                collect(pair.first(), into);
                collect(pair.second(), into);
            }
            case Operand.Special special -> { }
            case Operand.Immediate immediate -> { }
            case Operand.Symbol symbol -> { }
            case Operand.Sink sink -> { }
        }
    }
}
