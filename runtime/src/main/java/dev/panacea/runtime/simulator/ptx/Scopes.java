package dev.panacea.runtime.simulator.ptx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The nested scopes of a function while it is parsed: what each name means, and one name for everything. */
final class Scopes {
    private static final int DEEPEST = 200;

    private static final class Scope {
        final Map<String, Operand.Register> registers = new HashMap<>();
        final Map<String, PtxType> ranges = new HashMap<>();
        final Map<String, Integer> counts = new HashMap<>();
        final Map<String, List<Operand.Register>> vectors = new HashMap<>();
        final Map<String, String> symbols = new HashMap<>();
        final String suffix;

        Scope(String suffix) {
            this.suffix = suffix;
        }
    }

    private final Deque<Scope> open = new ArrayDeque<>();
    private final List<Operand.Register> registers = new ArrayList<>();
    private int opened;

    void open(int line) {
        if (open.size() == DEEPEST) {
            throw new PtxException(line, "scopes nested deeper than " + DEEPEST);
        }
        open.push(new Scope(opened == 0 ? "" : "@" + opened));
        opened++;
    }

    void close() {
        open.pop();
    }

    int depth() {
        return open.size();
    }

    Operand.Register declare(String name, PtxType type) {
        Operand.Register register = new Operand.Register(registers.size(), name, type);
        registers.add(register);
        open.peek().registers.put(name, register);
        return register;
    }

    /** Declares a vector of {@code count} registers. */
    void declareVector(String name, int count, PtxType type) {
        List<Operand.Register> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(new Operand.Register(registers.size(), name + "." + i, type));
            registers.add(parts.getLast());
        }
        open.peek().vectors.put(name, parts);
    }

    /** The elements of the vector called {@code name}; null when there is none. */
    List<Operand.Register> vector(String name) {
        for (Scope scope : open) {
            List<Operand.Register> parts = scope.vectors.get(name);
            if (parts != null) {
                return parts;
            }
        }
        return null;
    }

    /** Declares {@code prefix0} to {@code prefix(count-1)}; each becomes a register when it is first named. */
    void declareRange(String prefix, int count, PtxType type) {
        open.peek().ranges.put(prefix, type);
        open.peek().counts.put(prefix, count);
    }

    /** Gives a variable or label of the innermost scope a name that no other has. */
    String declareSymbol(String name) {
        String unique = name + open.peek().suffix;
        open.peek().symbols.put(name, unique);
        return unique;
    }

    /** The register called {@code name}; null when none is. */
    Operand.Register register(String name) {
        for (Scope scope : open) {
            Operand.Register register = scope.registers.get(name);
            if (register == null) {
                register = fromRange(scope, name);
            }
            if (register != null) {
                return register;
            }
        }
        return null;
    }

    private Operand.Register fromRange(Scope scope, String name) {
        int digits = name.length();
        while (digits > 0 && Character.isDigit(name.charAt(digits - 1))) {
            digits--;
        }
        if (digits == name.length() || name.length() - digits > 9) {
            return null;
        }
        // A prefix may itself end in digits, so each way of cutting the name is tried.
        for (int cut = digits; cut < name.length(); cut++) {
            PtxType type = scope.ranges.get(name.substring(0, cut));
            if (type != null && Integer.parseInt(name.substring(cut)) < scope.counts.get(name.substring(0, cut))) {
                Operand.Register register = new Operand.Register(registers.size(), name, type);
                registers.add(register);
                scope.registers.put(name, register);
                return register;
            }
        }
        return null;
    }

    /** The unique name of a variable or label of this function; {@code name} itself when it is none, but the module's. */
    String symbol(String name) {
        for (Scope scope : open) {
            String unique = scope.symbols.get(name);
            if (unique != null) {
                return unique;
            }
        }
        return name;
    }

    List<Operand.Register> registers() {
        return registers;
    }
}
