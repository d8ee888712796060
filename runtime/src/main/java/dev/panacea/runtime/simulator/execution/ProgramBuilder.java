package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.observation.InstructionClass;
import dev.panacea.runtime.simulator.observation.Site;
import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxException;
import dev.panacea.runtime.simulator.ptx.PtxFunction;
import dev.panacea.runtime.simulator.ptx.PtxInstruction;
import dev.panacea.runtime.simulator.ptx.PtxVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Decodes a kernel and the functions that it can reach into one program. */
final class ProgramBuilder {
    static final int CARRY_PREDICATE = 1;
    static final int SINK_PREDICATE = 2;
    private static final int FIRST_PREDICATE = 3;
    private static final int STACK_BYTES = 32 * 1024;
    private static final int SHARED_ALIGNMENT = 16;
    private static final long MOST_SHARED = 48 << 10;
    private static final long MOST_LOCAL = 512 << 10;
    private static final long MOST_PARAMETERS = 32764;

    private final Symbols symbols;
    private final PtxFunction kernel;
    private final List<FunctionCode> functions = new ArrayList<>();
    private final Map<String, Place> shared = new HashMap<>();
    private Constants constants;
    private int sharedBytes;
    private int sinkWord = -1;
    private int sinkLong = -1;
    private boolean stackGrows;
    private boolean ordered;

    private ProgramBuilder(Symbols symbols, PtxFunction kernel) {
        this.symbols = symbols;
        this.kernel = kernel;
    }

    /** @throws PtxException naming the kernel, the line and the instruction that is not known or not well formed */
    static Program build(Symbols symbols, PtxFunction kernel) {
        return new ProgramBuilder(symbols, kernel).build();
    }

    private Program build() {
        List<PtxFunction> reachable = Reachable.from(symbols, kernel);
        reachable.forEach(this::checkSizes);
        int[] entries = layOut(reachable);
        layOutShared();
        if (sharedBytes > MOST_SHARED) {
            throw new PtxException(kernel.line(), kernel.name() + " declares " + sharedBytes + " bytes of shared memory, and " + MOST_SHARED
                + " are allowed");
        }
        FunctionCode last = functions.getLast();
        Operation[] code = new Operation[last.end() + 1];
        for (FunctionCode function : functions) {
            decode(function, code);
        }
        int[] ends = ends(code);
        int allocated = functions.stream().mapToInt(f -> f.range.wordCount() + 2 * f.range.longCount()).sum();
        return new Program(kernel.name(), code, ends, constants.wordEnd(), constants.longEnd(),
            last.range.predicates() + last.range.predicateCount(), allocated, constants, undefined(),
            functions.getFirst().frameBytes(), localBytes(), sharedBytes, FunctionCode.parameterBytes(kernel), ordered, sites(code),
            entries);
    }

    /** Refuses sizes that no GPU has, before anything is laid out. */
    private void checkSizes(PtxFunction function) {
        long parameters = bytes(Stream.concat(function.parameters().stream(), function.results().stream()));
        long shared = bytes(function.variables().stream().filter(variable -> variable.space() == PtxVariable.Space.SHARED));
        long local = bytes(function.variables().stream()) - shared;
        if (parameters > MOST_PARAMETERS || local > MOST_LOCAL || shared > MOST_SHARED) {
            throw new PtxException(function.line(), function.name() + " has " + parameters + " bytes of parameters, " + local
                + " of local and " + shared + " of shared memory; " + MOST_PARAMETERS + ", " + MOST_LOCAL + " and " + MOST_SHARED
                + " are allowed");
        }
    }

    private static long bytes(Stream<PtxVariable> variables) {
        return variables.mapToLong(PtxVariable::bytes).sum();
    }

    private int[] layOut(List<PtxFunction> reachable) {
        int[] entries = new int[symbols.functions()];
        Arrays.fill(entries, -1);
        int start = 0;
        int words = 0;
        int longs = 0;
        int predicates = FIRST_PREDICATE;
        for (PtxFunction function : reachable) {
            FunctionCode code = new FunctionCode(function, start, words, longs, predicates);
            functions.add(code);
            entries[symbols.index(function)] = start;
            start = code.end() + 1;
            words += code.range.wordCount();
            longs += code.range.longCount();
            predicates += code.range.predicateCount();
        }
        constants = new Constants(words, longs);
        return entries;
    }

    /** Shared variables one after another; those whose size the launch gives begin behind them all. */
    private void layOutShared() {
        List<PtxVariable> open = new ArrayList<>();
        for (FunctionCode code : functions) {
            for (PtxVariable variable : code.function.variables()) {
                place(variable, code.function.name() + "/" + variable.name(), open);
            }
        }
        for (PtxVariable variable : symbols.variables()) {
            if (variable.space() == PtxVariable.Space.SHARED && named(variable.name())) {
                place(variable, variable.name(), open);
            }
        }
        int alignment = open.stream().mapToInt(PtxVariable::alignment).max().orElse(SHARED_ALIGNMENT);
        sharedBytes = open.isEmpty() ? sharedBytes : FunctionCode.align(sharedBytes, Math.max(alignment, SHARED_ALIGNMENT));
        for (PtxVariable variable : open) {
            shared.put(variable.name(), new Place(Place.Kind.SHARED, sharedBytes));
        }
    }

    private void place(PtxVariable variable, String key, List<PtxVariable> open) {
        if (variable.space() != PtxVariable.Space.SHARED) {
            return;
        }
        if (variable.bytes() == 0) {
            open.add(variable);
            return;
        }
        if (variable.bytes() > MOST_SHARED) {
            throw new PtxException(variable.line(), variable.name() + " has " + variable.bytes() + " bytes of shared memory, and "
                + MOST_SHARED
                + " are allowed");
        }
        sharedBytes = FunctionCode.align(sharedBytes, Math.max(variable.alignment(), 1));
        shared.put(key, new Place(Place.Kind.SHARED, sharedBytes));
        sharedBytes += (int) variable.bytes();
    }

    private boolean named(String variable) {
        for (FunctionCode code : functions) {
            for (PtxInstruction instruction : code.function.instructions()) {
                for (Operand operand : instruction.operands()) {
                    if (operand instanceof Operand.Symbol symbol && symbol.name().equals(variable)
                        || operand instanceof Operand.Address address && address.base() instanceof Operand.Symbol base
                            && base.name().equals(variable)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private void decode(FunctionCode code, Operation[] into) {
        List<PtxInstruction> instructions = code.function.instructions();
        for (int i = 0; i < instructions.size(); i++) {
            PtxInstruction instruction = instructions.get(i);
            Translation translation = new Translation(this, code, instruction, i);
            Operation operation = InstructionSet.decode(translation);
            if (instruction.guard() != null) {
                PredicateSource guard = translation.predicate(instruction.guard());
                operation.guard = guard.register();
                operation.guardFlip = instruction.negated() ? Warp.ALL : 0;
            }
            operation.site = new Site(kernel.name(), code.start + i, instruction.line(), instruction.text(),
                InstructionClasses.of(instruction));
            into[code.start + i] = operation;
        }
        Operation end = new Return(code);
        end.site = new Site(kernel.name(), code.end(), instructions.isEmpty() ? code.function.line() : instructions.getLast().line(),
            "end of " + code.function.name(), InstructionClass.CONTROL);
        into[code.end()] = end;
    }

    private int[] ends(Operation[] code) {
        int[] ends = new int[code.length];
        for (FunctionCode function : functions) {
            for (int pc = function.end(); pc >= function.start; pc--) {
                boolean control = code[pc] instanceof ControlOperation;
                boolean cut = pc < function.end() && (code[pc + 1] instanceof ControlOperation
                    || function.flow.leads(pc + 1 - function.start));
                ends[pc] = control ? pc : cut ? pc + 1 : ends[pc + 1];
            }
        }
        return ends;
    }

    private List<UndefinedRegister> undefined() {
        List<UndefinedRegister> undefined = new ArrayList<>();
        for (FunctionCode code : functions) {
            for (Operand.Register register : code.allocation.undefined()) {
                Bank bank = Bank.of(register.type());
                int first = switch (bank) {
                    case WORD -> code.range.words();
                    case LONG -> code.range.longs();
                    case PREDICATE -> code.range.predicates();
                };
                undefined.add(new UndefinedRegister(bank, first + code.allocation.slot(register)));
            }
        }
        return undefined;
    }

    /** All frames that can be open at once; with recursion or alloca, a stack beyond them. */
    private long localBytes() {
        long bytes = functions.stream().mapToLong(FunctionCode::frameBytes).sum();
        return stackGrows || functions.size() > 1 ? bytes + STACK_BYTES : bytes;
    }

    private static List<Site> sites(Operation[] code) {
        List<Site> sites = new ArrayList<>();
        for (Operation operation : code) {
            sites.add(operation.site);
        }
        return sites;
    }

    // ---- what decoding asks and tells

    Constants constants() {
        return constants;
    }

    Symbols symbols() {
        return symbols;
    }

    /** Where {@code name} points as {@code code} sees it; null when it is not declared. */
    Place place(FunctionCode code, String name) {
        Place own = code.place(name);
        if (own == null) {
            own = shared.get(code.function.name() + "/" + name);
        }
        if (own == null) {
            own = shared.get(name);
        }
        return own != null ? own : symbols.place(name);
    }

    /** The code of a function that this program contains; null for others. */
    FunctionCode function(String name) {
        for (FunctionCode code : functions) {
            if (code.function.name().equals(name)) {
                return code;
            }
        }
        return null;
    }

    FunctionCode functionAt(int start) {
        for (FunctionCode code : functions) {
            if (code.start == start) {
                return code;
            }
        }
        throw new IllegalArgumentException("no function begins at " + start);
    }

    int sinkWord() {
        if (sinkWord < 0) {
            sinkWord = constants.freshWord() * Warp.LANES;
        }
        return sinkWord;
    }

    int sinkLong() {
        if (sinkLong < 0) {
            sinkLong = constants.freshLong() * Warp.LANES;
        }
        return sinkLong;
    }

    /** The program takes local memory as it runs. */
    void growStack() {
        stackGrows = true;
    }

    /** The order of blocks may show in the results: they must run one after another. */
    void order() {
        ordered = true;
    }
}
