package dev.panacea.runtime.simulator.ptx;

import java.util.ArrayList;
import java.util.List;

/** Cuts PTX text into tokens: names, dotted words, numbers, strings and single punctuation characters. */
final class Lexer {
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;

    private Lexer(String text) {
        this.text = text;
    }

    static List<Token> tokens(String text) {
        Lexer lexer = new Lexer(text);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (skipBlank()) {
            char c = text.charAt(at);
            if (nameStart(c)) {
                take(Token.Kind.NAME, nameEnd(at + 1, false));
            } else if (c == '.' && at + 1 < text.length() && namePart(text.charAt(at + 1))) {
                take(Token.Kind.DOTTED, nameEnd(at + 1, true));
            } else if (digit(c)) {
                take(Token.Kind.NUMBER, numberEnd());
            } else if (c == '"') {
                take(Token.Kind.STRING, stringEnd());
            } else {
                take(Token.Kind.PUNCTUATION, at + 1);
            }
        }
        tokens.add(new Token(Token.Kind.END, "", line, at, at));
    }

    private void take(Token.Kind kind, int end) {
        tokens.add(new Token(kind, text.substring(at, end), line, at, end));
        at = end;
    }

    /** Moves to the next token; false at the end of the text. */
    private boolean skipBlank() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                line++;
                at++;
            } else if (c <= ' ') {
                at++;
            } else if (text.startsWith("//", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (text.startsWith("/*", at)) {
                skipComment();
            } else {
                return true;
            }
        }
        return false;
    }

    private void skipComment() {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
            throw new PtxException(line, "a comment that does not end");
        }
        for (; at < end + 2; at++) {
            if (text.charAt(at) == '\n') {
                line++;
            }
        }
    }

    private int nameEnd(int from, boolean dotted) {
        int end = from;
        while (end < text.length()) {
            if (namePart(text.charAt(end))) {
                end++;
            } else if (dotted && text.startsWith("::", end)) {
                end += 2;
            } else {
                break;
            }
        }
        return end;
    }

    private int numberEnd() {
        int end = at;
        while (end < text.length()) {
            char c = text.charAt(end);
            boolean exponentSign = (c == '-' || c == '+') && (text.charAt(end - 1) == 'e' || text.charAt(end - 1) == 'E')
                && decimal(at, end - 1);
            if (!(namePart(c) && c != '%' && c != '$' || c == '.' && decimal(at, end) || exponentSign)) {
                break;
            }
            end++;
        }
        return end;
    }

    private boolean decimal(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!digit(text.charAt(i)) && text.charAt(i) != '.') {
                return false;
            }
        }
        return true;
    }

    private int stringEnd() {
        for (int end = at + 1; end < text.length() && text.charAt(end) != '\n'; end++) {
            if (text.charAt(end) == '\\') {
                end++;
            } else if (text.charAt(end) == '"') {
                return end + 1;
            }
        }
        throw new PtxException(line, "a string that does not end on its line");
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean nameStart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$' || c == '%';
    }

    private static boolean namePart(char c) {
        return nameStart(c) || digit(c);
    }
}
