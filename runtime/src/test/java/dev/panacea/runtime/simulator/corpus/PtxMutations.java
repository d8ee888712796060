package dev.panacea.runtime.simulator.corpus;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Damages PTX text in the ways that files, editors and generators do. */
final class PtxMutations {
    private static final Pattern TOKEN = Pattern.compile("[\\w.$%]+|[^\\s\\w]");
    private static final List<String> NUMBERS = List.of("0", "-1", "1", "31", "32", "255", "2147483647", "-2147483648", "4294967295",
        "4294967296", "9223372036854775807", "18446744073709551615", "18446744073709551616", "99999999999999999999999999", "0x", "0xg",
        "0x7fffffffffffffff", "0f7F800000", "0f7FC00000", "0d7FF0000000000000", "0f123", "1e400", "1.", ".5", "0b2", "08");
    private static final List<String> FRAGMENTS = List.of("{", "}", "(", ")", "[", "]", ";", ",", "@%p1", "@!", "/*", "//", "\"",
        "<1000000000>", ".reg .b32 %z<2000000000>;", ".shared .b8 big[1099511627776];", ".local .b8 deep[2147483647];",
        ".global .b8 wide[4611686018427387904];",
        "bra again;", "ret;", "trap;", "bar.sync 0;", "bar.sync 15, 1024;", "exit;", ".param", ".func", ".entry", ".align 0", ".align 3",
        "\u0000", "\uffff", "%", "$", ".", "..", "call", "%tid.w", "%ctaid.x", "{{{{{{{{{{", ".v8", ".f16x2", ".cc");

    private final SplittableRandom random;
    private final List<String> texts;

    PtxMutations(SplittableRandom random, List<String> texts) {
        this.random = random;
        this.texts = texts;
    }

    /** One of the texts, by its index, damaged once or twice. */
    byte[] next(int index) {
        String text = texts.get(index);
        for (int times = random.nextInt(1, 3); times > 0; times--) {
            text = damaged(text);
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(4) == 0 && bytes.length > 0) {
            for (int times = random.nextInt(1, 4); times > 0; times--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
        }
        return random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
    }

    private String damaged(String text) {
        return switch (random.nextInt(7)) {
            case 0 -> withLines(text, (lines, at) -> lines.remove((int) at));
            case 1 -> withLines(text, (lines, at) -> lines.add(at, lines.get(random.nextInt(lines.size()))));
            case 2 -> withLines(text, (lines, at) -> lines.set(at, lines.set(random.nextInt(lines.size()), lines.get(at))));
            case 3 -> withToken(text, token -> token.isEmpty() || !Character.isDigit(token.charAt(0)) ? token : pick(NUMBERS));
            case 4 -> withToken(text, token -> random.nextBoolean() ? pick(FRAGMENTS) : token + pick(FRAGMENTS));
            case 5 -> withToken(text, token -> otherToken(text));
            default -> withToken(text, token -> random.nextInt(3) == 0 ? "" : otherToken(pick(texts)));
        };
    }

    private interface LineChange {
        void apply(List<String> lines, Integer at);
    }

    private interface TokenChange {
        String apply(String token);
    }

    private String withLines(String text, LineChange change) {
        List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
        change.apply(lines, random.nextInt(lines.size()));
        return String.join("\n", lines);
    }

    private String withToken(String text, TokenChange change) {
        Matcher token = tokenFrom(text);
        return token == null ? text : text.substring(0, token.start()) + change.apply(token.group()) + text.substring(token.end());
    }

    private String otherToken(String text) {
        Matcher token = tokenFrom(text);
        return token == null ? "" : token.group();
    }

    /** The first token at or after a random place; null where there is none. */
    private Matcher tokenFrom(String text) {
        Matcher matcher = TOKEN.matcher(text);
        return !text.isEmpty() && matcher.find(random.nextInt(text.length())) ? matcher : null;
    }

    private String pick(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
