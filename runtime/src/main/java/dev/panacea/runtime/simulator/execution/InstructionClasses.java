package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.observation.InstructionClass;
import dev.panacea.runtime.simulator.ptx.PtxInstruction;
import dev.panacea.runtime.simulator.ptx.PtxType;

/** Tells what kind of work an instruction is. */
final class InstructionClasses {
    private InstructionClasses() { }

    static InstructionClass of(PtxInstruction instruction) {
        return switch (instruction.opcode()) {
            case "mov", "selp", "prmt", "cvta", "isspacep", "mapa" -> InstructionClass.MOVE;
            case "cvt" -> InstructionClass.CONVERSION;
            case "ex2", "lg2", "rcp", "rsqrt", "sqrt", "sin", "cos", "tanh" -> InstructionClass.SPECIAL_FUNCTION;
            case "mma", "wgmma", "wmma" -> InstructionClass.TENSOR;
            case "ld", "ldu" -> load(instruction);
            case "st" -> store(instruction);
            case "ldmatrix", "stmatrix", "movmatrix" -> InstructionClass.MATRIX_LOAD;
            case "atom", "red" -> InstructionClass.ATOMIC;
            case "cp" -> InstructionClass.ASYNC_COPY;
            case "shfl", "vote", "match", "redux", "activemask", "elect" -> InstructionClass.WARP_COMMUNICATION;
            case "bar", "barrier", "membar", "fence", "mbarrier", "nanosleep" -> InstructionClass.SYNCHRONIZATION;
            case "bra", "brx", "call", "ret", "exit", "trap" -> InstructionClass.CONTROL;
            default -> arithmetic(instruction.type());
        };
    }

    private static InstructionClass load(PtxInstruction instruction) {
        return instruction.has("shared") || instruction.has("shared::cta") ? InstructionClass.SHARED_LOAD
            : instruction.has("local") ? InstructionClass.LOCAL_ACCESS
            : instruction.has("const") ? InstructionClass.CONSTANT_LOAD
            : instruction.has("param") ? InstructionClass.PARAMETER_LOAD : InstructionClass.GLOBAL_LOAD;
    }

    private static InstructionClass store(PtxInstruction instruction) {
        return instruction.has("shared") || instruction.has("shared::cta") ? InstructionClass.SHARED_STORE
            : instruction.has("local") || instruction.has("param") ? InstructionClass.LOCAL_ACCESS : InstructionClass.GLOBAL_STORE;
    }

    private static InstructionClass arithmetic(PtxType type) {
        return switch (type) {
            case F32 -> InstructionClass.FLOAT32;
            case F64 -> InstructionClass.FLOAT64;
            case F16, BF16, F16X2, BF16X2 -> InstructionClass.FLOAT16;
            case null, default -> InstructionClass.INTEGER;
        };
    }
}
