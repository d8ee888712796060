package dev.panacea.runtime.simulator.ptx;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses operands. */
final class OperandParser {
    private static final Set<String> VECTOR_SPECIALS = Set.of("%tid", "%ntid", "%ctaid", "%nctaid", "%clusterid", "%nclusterid",
        "%cluster_ctaid", "%cluster_nctaid");
    private static final int DEEPEST = 8;
    private static final int WARP_SIZE = 32;

    private final TokenStream tokens;
    private final Scopes scopes;
    private int depth;

    OperandParser(TokenStream tokens, Scopes scopes) {
        this.tokens = tokens;
        this.scopes = scopes;
    }

    /** Operands up to {@code end}, which is not taken. */
    List<Operand> list(String end) {
        List<Operand> operands = new ArrayList<>();
        if (tokens.at(end)) {
            return operands;
        }
        do {
            operands.add(operand());
        } while (tokens.accept(","));
        return operands;
    }

    Operand operand() {
        if (++depth > DEEPEST) {
            throw tokens.expected("operands nested less deeply");
        }
        Operand operand = read();
        depth--;
        return operand;
    }

    private Operand read() {
        if (tokens.accept("{")) {
            return new Operand.Vector(closed("}"));
        }
        if (tokens.accept("(")) {
            return new Operand.Group(closed(")"));
        }
        if (tokens.accept("[")) {
            return address();
        }
        if (tokens.accept("!")) {
            return new Operand.Negated(register());
        }
        if (tokens.at("-") || tokens.at("+") || tokens.at(Token.Kind.NUMBER)) {
            return literal();
        }
        Operand first = named();
        if (tokens.accept("|")) {
            return new Operand.Pair(first, named());
        }
        return first;
    }

    private List<Operand> closed(String end) {
        List<Operand> elements = list(end);
        tokens.expect(end);
        return elements;
    }

    private Operand.Immediate literal() {
        boolean minus = false;
        while (tokens.at("-") || tokens.at("+")) {
            minus ^= tokens.next().is("-");
        }
        return Literals.parse(tokens.expect(Token.Kind.NUMBER, "a number"), minus);
    }

    private Operand address() {
        Operand base = null;
        long offset = 0;
        if (tokens.at(Token.Kind.NAME)) {
            base = named();
            if (base instanceof Operand.Symbol symbol) {
                offset = symbol.offset();
                base = new Operand.Symbol(symbol.name(), 0);
            } else if (tokens.at("+") || tokens.at("-")) {
                offset = literal().bits();
            }
        } else {
            offset = literal().bits();
        }
        List<Operand> coordinates = tokens.accept(",") ? list("]") : List.of();
        tokens.expect("]");
        return new Operand.Address(base, offset, coordinates);
    }

    Operand.Register register() {
        Token token = tokens.expect(Token.Kind.NAME, "a register");
        Operand.Register register = scopes.register(token.text());
        if (register == null) {
            throw new PtxException(token.line(), "register " + token + " is not declared");
        }
        return register;
    }

    private Operand named() {
        Token token = tokens.expect(Token.Kind.NAME, "an operand");
        String name = token.text();
        if (name.equals("_")) {
            return new Operand.Sink();
        }
        if (name.equals("WARP_SZ")) {
            return new Operand.Immediate(WARP_SIZE, PtxType.S64);
        }
        Operand.Register register = scopes.register(name);
        if (register != null) {
            return register;
        }
        List<Operand.Register> parts = scopes.vector(name);
        if (parts != null) {
            return tokens.at(Token.Kind.DOTTED) ? part(parts) : new Operand.Vector(List.copyOf(parts));
        }
        if (VECTOR_SPECIALS.contains(name)) {
            return new Operand.Special(name + tokens.expect(Token.Kind.DOTTED, "'.x', '.y' or '.z'").text());
        }
        if (name.startsWith("%")) {
            return special(token);
        }
        long offset = tokens.at("+") || tokens.at("-") && tokens.peek(1).kind() == Token.Kind.NUMBER ? literal().bits() : 0;
        return new Operand.Symbol(scopes.symbol(name), offset);
    }

    /** {@code .x} to {@code .w}, or {@code .r} to {@code .a}, of a vector register. */
    private Operand part(List<Operand.Register> parts) {
        Token token = tokens.next();
        int index = Math.max(".x.y.z.w".indexOf(token.text()), ".r.g.b.a".indexOf(token.text())) / 2;
        if (token.text().length() != 2 || index < 0 || index >= parts.size() || !".x.y.z.w.r.g.b.a".contains(token.text())) {
            throw new PtxException(token.line(), "expected an element of a vector of " + parts.size() + " and found " + token);
        }
        return parts.get(index);
    }

    private static Operand special(Token token) {
        if (token.text().length() > 2 && Character.isLetter(token.text().charAt(2))) {
            return new Operand.Special(token.text());
        }
        throw new PtxException(token.line(), "register " + token + " is not declared");
    }
}
