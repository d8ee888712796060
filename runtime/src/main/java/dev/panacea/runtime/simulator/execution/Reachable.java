package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxFunction;
import dev.panacea.runtime.simulator.ptx.PtxInstruction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that a kernel may come to run. */
final class Reachable {
    private Reachable() { }

    /** The kernel first, then all functions that it names, or that a function names which it reaches. */
    static List<PtxFunction> from(Symbols symbols, PtxFunction kernel) {
        Map<String, PtxFunction> found = new LinkedHashMap<>(Map.of(kernel.name(), kernel));
        List<PtxFunction> open = new ArrayList<>(found.values());
        while (!open.isEmpty()) {
            for (PtxInstruction instruction : open.removeLast().instructions()) {
                for (Operand operand : instruction.operands()) {
                    String name = operand instanceof Operand.Symbol symbol ? symbol.name() : null;
                    PtxFunction named = name == null ? null : symbols.function(name);
                    if (named != null && found.putIfAbsent(name, named) == null) {
                        open.add(named);
                    }
                }
                if (instruction.opcode().equals("call")) {
                    for (PtxFunction pointed : symbols.pointedFunctions()) {
                        if (found.putIfAbsent(pointed.name(), pointed) == null) {
                            open.add(pointed);
                        }
                    }
                }
            }
        }
        return List.copyOf(found.values());
    }
}
