package dev.panacea.transformer.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * The printable character that stands for each byte in a byte-level vocabulary: itself where Latin-1 prints it, else the next
 * free one from U+0100 on (a space is Ġ).
 */
final class ByteAlphabet {
    static final int SIZE = 256;
    private static final char[] LETTERS = letters();

    private ByteAlphabet() { }

    private static char[] letters() {
        char[] letters = new char[SIZE];
        char next = SIZE;
        for (int value = 0; value < SIZE; value++) {
            letters[value] = isPrintable(value) ? (char) value : next++;
        }
        return letters;
    }

    private static boolean isPrintable(int value) {
        return value >= '!' && value <= '~' || value >= 0xa1 && value != 0xad;
    }

    static String letter(int value) {
        return String.valueOf(LETTERS[value]);
    }

    /** The UTF-8 bytes of {@code text}, each in [0, 256). */
    static int[] bytes(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int[] values = new int[utf8.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Byte.toUnsignedInt(utf8[i]);
        }
        return values;
    }
}
