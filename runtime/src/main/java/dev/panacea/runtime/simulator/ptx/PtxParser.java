package dev.panacea.runtime.simulator.ptx;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses a translation unit of PTX, as nvcc 12 and 13 write it. */
public final class PtxParser {
    private static final Set<String> LINKAGE = Set.of(".visible", ".weak", ".extern", ".common");

    private final TokenStream tokens;
    private final List<PtxVariable> variables = new ArrayList<>();
    private final List<PtxFunction> functions = new ArrayList<>();
    private int version;
    private String target = "";

    private PtxParser(String text) {
        tokens = new TokenStream(text);
    }

    /** @throws PtxException with the line and what was expected there */
    public static PtxModule parse(String text) {
        return new PtxParser(text).module();
    }

    /** Parses text in UTF-8 that may end in a zero byte. */
    public static PtxModule parse(byte[] image) {
        int length = image.length;
        while (length > 0 && image[length - 1] == 0) {
            length--;
        }
        return parse(new String(image, 0, length, StandardCharsets.UTF_8));
    }

    private PtxModule module() {
        while (!tokens.at(Token.Kind.END)) {
            directive();
        }
        if (version == 0) {
            throw new PtxException(1, "PTX begins with .version, and this text has none");
        }
        return new PtxModule(version, target, variables, functions);
    }

    private void directive() {
        boolean external = false;
        while (LINKAGE.contains(tokens.peek().text())) {
            external |= tokens.next().is(".extern");
        }
        Token token = tokens.peek();
        switch (token.text()) {
            case ".version" -> version();
            case ".target" -> target();
            case ".address_size" -> addressSize();
            case ".global", ".const", ".shared" -> variables.addAll(new VariableParser(tokens).variables(external));
            case ".entry" -> function(true);
            case ".func" -> function(false);
            case ".file", ".loc" -> tokens.skipLine(token.line());
            case ".section" -> section();
            case ".pragma" -> tokens.skipLine(token.line());
            default -> throw tokens.expected("a directive such as .entry, .func or .global");
        }
    }

    private void function(boolean kernel) {
        tokens.next();
        while (tokens.at(".noreturn")) {
            tokens.next();
        }
        functions.add(new FunctionParser(tokens).parse(kernel));
    }

    private void version() {
        tokens.next();
        Token token = tokens.expect(Token.Kind.NUMBER, "a version such as 8.0");
        String[] parts = token.text().split("\\.");
        try {
            version = 10 * Integer.parseInt(parts[0]) + (parts.length > 1 ? Integer.parseInt(parts[1]) : 0);
        } catch (NumberFormatException malformed) {
            throw new PtxException(token.line(), "expected a version such as 8.0 and found " + token);
        }
    }

    private void target() {
        tokens.next();
        target = tokens.expect(Token.Kind.NAME, "a target such as sm_80").text();
        while (tokens.accept(",")) {
            tokens.expect(Token.Kind.NAME, "a target");
        }
    }

    private void addressSize() {
        tokens.next();
        if (!tokens.at("64")) {
            throw tokens.expected("an address size of 64");
        }
        tokens.next();
    }

    private void section() {
        while (!tokens.at("{")) {
            if (tokens.at(Token.Kind.END)) {
                throw tokens.expected("'{'");
            }
            tokens.next();
        }
        tokens.skipBraces();
    }
}
