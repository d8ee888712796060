package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxException;
import dev.panacea.runtime.simulator.ptx.PtxInstruction;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.List;

/** One instruction while it is decoded: its operands as slots of a warp's files. */
final class Translation {
    private final ProgramBuilder program;
    private final FunctionCode code;
    private final PtxInstruction instruction;
    private final int number;

    /** @param number the instruction's place in its function */
    Translation(ProgramBuilder program, FunctionCode code, PtxInstruction instruction, int number) {
        this.program = program;
        this.code = code;
        this.instruction = instruction;
        this.number = number;
    }

    // ---- the instruction

    String opcode() {
        return instruction.opcode();
    }

    boolean has(String modifier) {
        return instruction.has(modifier);
    }

    List<String> modifiers() {
        return instruction.modifiers();
    }

    String modifier(int index) {
        if (index < 0 || index >= instruction.modifiers().size()) {
            throw error("misses a modifier");
        }
        return instruction.modifiers().get(index);
    }

    /** The type that the instruction names last. */
    PtxType type() {
        PtxType type = instruction.type();
        if (type == null) {
            throw error("names no type");
        }
        return type;
    }

    /** The only one of {@code wanted} that the instruction has; {@code otherwise} when it has none. */
    String oneOf(String otherwise, String... wanted) {
        for (String modifier : wanted) {
            if (has(modifier)) {
                return modifier;
            }
        }
        return otherwise;
    }

    int count() {
        return instruction.operands().size();
    }

    Operand operand(int index) {
        if (index >= instruction.operands().size()) {
            throw error("has " + instruction.operands().size() + " operands, too few");
        }
        return instruction.operands().get(index);
    }

    void expectOperands(int least, int most) {
        if (count() < least || count() > most) {
            throw error("has " + count() + " operands and should have " + least + (most == least ? "" : " to " + most));
        }
    }

    PtxException error(String what) {
        return new PtxException(instruction.line(), code.function.name() + ": '" + instruction.text() + "' " + what);
    }

    PtxException unknown() {
        return error("is not an instruction that the simulated GPU knows");
    }

    ProgramBuilder program() {
        return program;
    }

    FunctionCode code() {
        return code;
    }

    PtxInstruction instruction() {
        return instruction;
    }

    // ---- places in the code

    /** The next instruction. */
    int next() {
        return code.start + number + 1;
    }

    int target(String label) {
        return code.start + ControlFlow.target(code.function, instruction, label);
    }

    /** Where lanes that part here meet; -1 where they never do. */
    int meeting() {
        int meeting = code.flow.meeting(number);
        return meeting < 0 ? -1 : code.start + meeting;
    }

    // ---- operands

    /** A source or target of any width. */
    Source source(int index, PtxType type) {
        return source(operand(index), type);
    }

    Source source(Operand operand, PtxType type) {
        return switch (operand) {
            case Operand.Register register -> register(register);
            case Operand.Immediate literal -> literal(bits(literal, type), type.bits() > Integer.SIZE);
            case Operand.Special special -> special(special, type.bits() > Integer.SIZE);
            case Operand.Symbol symbol -> symbol(symbol, type);
            default -> throw error("cannot read " + operand);
        };
    }

    Source target(int index) {
        return target(operand(index), false);
    }

    /** @param wide whether a sink takes 64 bits */
    Source target(Operand operand, boolean wide) {
        return switch (operand) {
            case Operand.Register register -> register(register);
            case Operand.Sink sink -> new Source(wide, wide ? program.sinkLong() : program.sinkWord());
            default -> throw error("cannot write " + operand);
        };
    }

    private Source register(Operand.Register register) {
        Bank bank = Bank.of(register.type());
        if (bank == Bank.PREDICATE) {
            throw error("takes no predicate, which " + register.name() + " is");
        }
        int first = bank == Bank.LONG ? code.range.longs() : code.range.words();
        return new Source(bank == Bank.LONG, (first + code.allocation.slot(register)) * Warp.LANES);
    }

    Source literal(long bits, boolean wide) {
        return new Source(wide, (wide ? program.constants().wide(bits) : program.constants().word((int) bits)) * Warp.LANES);
    }

    private Source special(Operand.Special special, boolean wide) {
        SpecialRegister register = SpecialRegister.named(special.name());
        if (register == null) {
            throw error("reads " + special.name() + ", which the simulated GPU does not have here");
        }
        return new Source(wide,
            (wide ? program.constants().wideSpecial(register) : program.constants().special(register)) * Warp.LANES);
    }

    private Source symbol(Operand.Symbol symbol, PtxType type) {
        Place place = place(symbol.name());
        return switch (place.kind()) {
            case LOCAL -> throw error("cannot take an address in local memory here");
            case CODE -> literal(Windows.CODE + place.address() * Windows.FUNCTION_STEP, true);
            default -> literal(place.address() + symbol.offset(), type.bits() > Integer.SIZE);
        };
    }

    Place place(String name) {
        Place place = program.place(code, name);
        if (place == null) {
            throw error("names " + name + ", which is not declared");
        }
        return place;
    }

    /** The bits of a literal as {@code type} has them. */
    long bits(Operand.Immediate literal, PtxType type) {
        if (literal.type() == PtxType.F64 && type == PtxType.F32) {
            return Float.floatToRawIntBits((float) Double.longBitsToDouble(literal.bits()));
        }
        if (literal.type() == PtxType.S64 && (type == PtxType.F32 || type == PtxType.F64)) {
            throw error("needs a literal of a floating-point type");
        }
        return literal.bits();
    }

    /** A source of up to 32 bits. */
    int word(int index, PtxType type) {
        return word(operand(index), type);
    }

    int word(Operand operand, PtxType type) {
        return narrow(source(operand, type));
    }

    /** A source of 64 bits. */
    int wide(int index, PtxType type) {
        return wide(source(operand(index), type));
    }

    int wordTarget(int index) {
        return narrow(target(operand(index), false));
    }

    int wordTarget(Operand operand) {
        return narrow(target(operand, false));
    }

    int wideTarget(int index) {
        return wide(target(operand(index), true));
    }

    private int narrow(Source source) {
        if (source.wide()) {
            throw error("takes registers of up to 32 bits, and one has 64");
        }
        return source.slot();
    }

    private int wide(Source source) {
        if (!source.wide()) {
            throw error("takes registers of 64 bits, and one has fewer");
        }
        return source.slot();
    }

    /** A predicate that is read: a register, its opposite, or a literal. */
    PredicateSource predicate(Operand operand) {
        return switch (operand) {
            case Operand.Register register -> new PredicateSource(predicateSlot(register), 0);
            case Operand.Negated negated -> new PredicateSource(predicateSlot(negated.predicate()), Warp.ALL);
            case Operand.Immediate literal -> new PredicateSource(0, literal.bits() != 0 ? 0 : Warp.ALL);
            default -> throw error("needs a predicate");
        };
    }

    /** A predicate that is written. */
    int predicateTarget(Operand operand) {
        return switch (operand) {
            case Operand.Register register -> predicateSlot(register);
            case Operand.Sink sink -> ProgramBuilder.SINK_PREDICATE;
            default -> throw error("needs a predicate");
        };
    }

    private int predicateSlot(Operand.Register register) {
        if (register.type() != PtxType.PRED) {
            throw error("needs a predicate, which " + register.name() + " is not");
        }
        return code.range.predicates() + code.allocation.slot(register);
    }

    boolean isPredicate(int index) {
        return operand(index) instanceof Operand.Register register && register.type() == PtxType.PRED
            || operand(index) instanceof Operand.Negated;
    }

    List<Operand> elements(int index) {
        return operand(index) instanceof Operand.Vector vector ? vector.elements() : List.of(operand(index));
    }

    /** An operation that computes each lane on its own, from the operands behind the first. */
    Operation lanes(LaneOperation.Function function, PtxType type) {
        Source[] sources = new Source[count() - 1];
        if (sources.length < 1 || sources.length > 4) {
            throw error("has " + count() + " operands");
        }
        for (int i = 0; i < sources.length; i++) {
            sources[i] = source(i + 1, type);
        }
        return new LaneOperation(function, target(0), sources);
    }
}
