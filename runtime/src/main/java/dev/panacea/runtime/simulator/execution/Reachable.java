package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxFunction;
import dev.panacea.runtime.simulator.ptx.PtxInstruction;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The functions that a kernel may come to run. */
final class Reachable {
    private Reachable() { }

    /** The kernel first, then all functions that it names, or that a function names which it reaches. */
    static List<PtxFunction> from(Symbols symbols, PtxFunction kernel) {
        Set<PtxFunction> found = new LinkedHashSet<>(List.of(kernel));
        List<PtxFunction> open = new ArrayList<>(found);
        while (!open.isEmpty()) {
            for (PtxInstruction instruction : open.removeLast().instructions()) {
                for (Operand operand : instruction.operands()) {
                    String name = operand instanceof Operand.Symbol symbol ? symbol.name() : null;
                    if (name != null && symbols.function(name) != null && found.add(symbols.function(name))) {
                        open.add(symbols.function(name));
                    }
                }
                if (instruction.opcode().equals("call")) {
                    for (PtxFunction pointed : symbols.pointedFunctions()) {
                        if (found.add(pointed)) {
                            open.add(pointed);
                        }
                    }
                }
            }
        }
        return List.copyOf(found);
    }
}
