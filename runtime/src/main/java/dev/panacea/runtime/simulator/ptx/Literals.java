package dev.panacea.runtime.simulator.ptx;

/** Reads numbers as PTX writes them. */
final class Literals {
    private Literals() { }

    /** The literal of a number token, negated when {@code minus}. */
    static Operand.Immediate parse(Token token, boolean minus) {
        String text = token.text();
        try {
            if (text.startsWith("0f") || text.startsWith("0F")) {
                int bits = Integer.parseUnsignedInt(text.substring(2), 16);
                return new Operand.Immediate((minus ? bits ^ Integer.MIN_VALUE : bits) & 0xFFFFFFFFL, PtxType.F32);
            }
            if (text.startsWith("0d") || text.startsWith("0D")) {
                long bits = Long.parseUnsignedLong(text.substring(2), 16);
                return new Operand.Immediate(minus ? bits ^ Long.MIN_VALUE : bits, PtxType.F64);
            }
            if (text.indexOf('.') >= 0 || !hexadecimal(text) && (text.indexOf('e') >= 0 || text.indexOf('E') >= 0)) {
                double value = Double.parseDouble(text);
                return new Operand.Immediate(Double.doubleToRawLongBits(minus ? -value : value), PtxType.F64);
            }
            long value = integer(text);
            return new Operand.Immediate(minus ? -value : value, PtxType.S64);
        } catch (NumberFormatException malformed) {
            throw new PtxException(token.line(), "'" + text + "' is not a number");
        }
    }

    private static boolean hexadecimal(String text) {
        return text.startsWith("0x") || text.startsWith("0X");
    }

    private static long integer(String text) {
        String digits = text.endsWith("U") ? text.substring(0, text.length() - 1) : text;
        if (hexadecimal(digits)) {
            return Long.parseUnsignedLong(digits.substring(2), 16);
        }
        if (digits.startsWith("0b") || digits.startsWith("0B")) {
            return Long.parseUnsignedLong(digits.substring(2), 2);
        }
        return Long.parseUnsignedLong(digits, digits.length() > 1 && digits.charAt(0) == '0' ? 8 : 10);
    }
}
