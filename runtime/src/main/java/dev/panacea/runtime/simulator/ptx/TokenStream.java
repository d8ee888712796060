package dev.panacea.runtime.simulator.ptx;

import java.util.List;

/** The tokens of a text and a place among them. */
final class TokenStream {
    private final String text;
    private final List<Token> tokens;
    private int at;

    TokenStream(String text) {
        this.text = text;
        tokens = Lexer.tokens(text);
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        if (at < tokens.size() - 1) {
            at++;
        }
        return token;
    }

    boolean at(String wanted) {
        return peek().is(wanted);
    }

    boolean at(Token.Kind kind) {
        return peek().kind() == kind;
    }

    boolean accept(String wanted) {
        if (at(wanted)) {
            next();
            return true;
        }
        return false;
    }

    Token expect(String wanted) {
        if (!at(wanted)) {
            throw expected("'" + wanted + "'");
        }
        return next();
    }

    Token expect(Token.Kind kind, String what) {
        if (!at(kind)) {
            throw expected(what);
        }
        return next();
    }

    PtxException expected(String what) {
        return new PtxException(peek().line(), "expected " + what + " and found " + peek());
    }

    int line() {
        return peek().line();
    }

    /** Skips what is left of the line that the next token stands on. */
    void skipLine(int line) {
        while (!at(Token.Kind.END) && line() == line) {
            next();
        }
    }

    /** Skips from an opening brace to its closing one. */
    void skipBraces() {
        expect("{");
        for (int depth = 1; depth > 0;) {
            if (at(Token.Kind.END)) {
                throw expected("'}'");
            }
            Token token = next();
            depth += token.is("{") ? 1 : token.is("}") ? -1 : 0;
        }
    }

    /** The text from {@code first} to before the next token, white space collapsed. */
    String textFrom(Token first) {
        return text.substring(first.start(), tokens.get(at - 1).end()).replaceAll("\\s+", " ");
    }
}
