package dev.panacea.runtime.simulator.execution;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** All instructions by opcode. A family of instructions is one class that adds its own. */
final class InstructionSet {
    /** Decodes one opcode. */
    interface Decoder {
        Operation decode(Translation translation);
    }

    private static final Set<String> HOPPER = Set.of("wgmma", "setmaxnreg", "mapa", "getctarank", "stmatrix", "elect",
        "clusterlaunchcontrol",
        "multimem", "griddepcontrol", "tensormap", "tcgen05");
    private static final Map<String, Decoder> BY_OPCODE = new HashMap<>();

    static {
        IntegerFamily.addTo(BY_OPCODE);
        BitFamily.addTo(BY_OPCODE);
        ComparisonFamily.addTo(BY_OPCODE);
        MoveFamily.addTo(BY_OPCODE);
        MemoryFamily.addTo(BY_OPCODE);
        ControlFamily.addTo(BY_OPCODE);
        BarrierFamily.addTo(BY_OPCODE);
        WarpFamily.addTo(BY_OPCODE);
        FloatFamily.addTo(BY_OPCODE);
        SpecialFunctionFamily.addTo(BY_OPCODE);
        ConversionFamily.addTo(BY_OPCODE);
        AtomicFamily.addTo(BY_OPCODE);
        AsyncCopyFamily.addTo(BY_OPCODE);
        MatrixFamily.addTo(BY_OPCODE);
    }

    private InstructionSet() { }

    static Operation decode(Translation translation) {
        Decoder decoder = BY_OPCODE.get(translation.opcode());
        if (decoder == null) {
            throw HOPPER.contains(translation.opcode())
                ? translation.error("needs sm_90 hardware, and the simulated GPU is an sm_80")
                : translation.unknown();
        }
        return decoder.decode(translation);
    }
}
