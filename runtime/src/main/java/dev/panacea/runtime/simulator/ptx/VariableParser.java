package dev.panacea.runtime.simulator.ptx;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Parses declarations of variables and parameters, what they are filled with included. */
final class VariableParser {
    private static final long MOST_BYTES = 1L << 40;
    private static final int MOST_CONTENTS = 1 << 28;
    private static final Map<String, PtxVariable.Space> SPACES = Map.of(".global", PtxVariable.Space.GLOBAL, ".const",
        PtxVariable.Space.CONST,
        ".shared", PtxVariable.Space.SHARED, ".local", PtxVariable.Space.LOCAL, ".param", PtxVariable.Space.PARAM, ".reg",
        PtxVariable.Space.REG);

    private final TokenStream tokens;

    VariableParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    static PtxVariable.Space space(Token token) {
        return SPACES.get(token.text());
    }

    /** One or more variables, from their space to the semicolon. */
    List<PtxVariable> variables(boolean external) {
        int line = tokens.line();
        PtxVariable.Space space = space(tokens.next());
        Type type = type();
        List<PtxVariable> variables = new ArrayList<>();
        do {
            variables.add(variable(space, type, external, line));
        } while (tokens.accept(","));
        tokens.expect(";");
        return variables;
    }

    /** A parameter, from its space to before the comma or parenthesis. */
    PtxVariable parameter() {
        int line = tokens.line();
        PtxVariable.Space space = space(tokens.peek());
        if (space != PtxVariable.Space.PARAM && space != PtxVariable.Space.REG) {
            throw tokens.expected("'.param' or '.reg'");
        }
        tokens.next();
        return variable(space, type(), false, line);
    }

    private record Type(PtxType type, int alignment, int count) { }

    private Type type() {
        PtxType type = null;
        int alignment = 0;
        int count = 1;
        while (tokens.at(Token.Kind.DOTTED)) {
            Token token = tokens.next();
            String word = token.text().substring(1);
            if (word.equals("align")) {
                alignment = alignment();
            } else if (word.equals("v2") || word.equals("v4")) {
                count = word.charAt(1) - '0';
            } else if (PtxType.named(word) != null) {
                type = PtxType.named(word);
            } else if (!word.equals("ptr") && space(token) == null && !word.equals("attribute")) {
                throw new PtxException(token.line(), "expected a type and found " + token);
            }
        }
        if (type == null) {
            throw tokens.expected("a type");
        }
        return new Type(type, Math.max(alignment, type.bytes() * count), count);
    }

    private int alignment() {
        int line = tokens.line();
        long alignment = number();
        if (alignment < 1 || alignment > 1 << 16 || Long.bitCount(alignment) != 1) {
            throw new PtxException(line, "an alignment of " + alignment);
        }
        return (int) alignment;
    }

    private PtxVariable variable(PtxVariable.Space space, Type type, boolean external, int line) {
        skipPointerAttributes();
        String name = tokens.expect(Token.Kind.NAME, "a name").text();
        long bytes = (long) type.count * Math.max(type.type.bytes(), 1);
        boolean open = false;
        while (tokens.accept("[")) {
            if (tokens.accept("]")) {
                open = true;
            } else {
                bytes *= number();
                tokens.expect("]");
            }
            if (bytes < 0 || bytes > MOST_BYTES) {
                throw new PtxException(line, name + " is too large");
            }
        }
        ByteArrayOutputStream contents = new ByteArrayOutputStream();
        List<PtxVariable.Reference> references = new ArrayList<>();
        if (tokens.accept("=")) {
            fill(type.type, contents, references, 0);
            bytes = open ? contents.size() : bytes;
            if (contents.size() > bytes) {
                throw new PtxException(line, name + " is filled with more than its " + bytes + " bytes");
            }
        } else if (open) {
            bytes = 0;
        }
        return new PtxVariable(space, name, type.type, type.alignment, bytes, contents.toByteArray(), references, external, line);
    }

    /** {@code .ptr .global .align 4} after a parameter's type. */
    private void skipPointerAttributes() {
        while (tokens.at(Token.Kind.DOTTED)) {
            tokens.next();
            if (tokens.at(Token.Kind.NUMBER)) {
                tokens.next();
            }
        }
    }

    private void fill(PtxType type, ByteArrayOutputStream contents, List<PtxVariable.Reference> references, int depth) {
        if (contents.size() > MOST_CONTENTS || depth > 16) {
            throw tokens.expected("a smaller initialiser");
        }
        if (tokens.accept("{")) {
            while (!tokens.at("}")) {
                fill(type, contents, references, depth + 1);
                if (!tokens.accept(",")) {
                    break;
                }
            }
            tokens.expect("}");
        } else if (tokens.at(Token.Kind.NAME)) {
            references.add(reference(type, contents.size()));
            contents.writeBytes(new byte[type.bytes()]);
        } else {
            long bits = bits(type);
            for (int i = 0; i < type.bytes(); i++) {
                contents.write((int) (bits >>> 8 * i));
            }
        }
    }

    private long bits(PtxType type) {
        Operand.Immediate literal = literal();
        if (type.floating() && literal.type() == PtxType.F64 && type == PtxType.F32) {
            return Float.floatToRawIntBits((float) Double.longBitsToDouble(literal.bits()));
        }
        return literal.bits();
    }

    private PtxVariable.Reference reference(PtxType type, int offset) {
        String symbol = tokens.next().text();
        if (symbol.equals("generic") && tokens.accept("(")) {
            symbol = tokens.expect(Token.Kind.NAME, "a variable").text();
            tokens.expect(")");
        }
        long addend = tokens.at("+") || tokens.at("-") ? literal().bits() : 0;
        return new PtxVariable.Reference(offset, type.bytes(), symbol, addend);
    }

    private Operand.Immediate literal() {
        boolean minus = false;
        while (tokens.at("-") || tokens.at("+")) {
            minus ^= tokens.next().is("-");
        }
        return Literals.parse(tokens.expect(Token.Kind.NUMBER, "a number"), minus);
    }

    long number() {
        return literal().bits();
    }
}
