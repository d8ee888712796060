package dev.panacea.runtime.simulator.execution;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Formats what a kernel prints: a C format and packed arguments, integers of 4 or 8 bytes, floats as doubles. */
final class FormatText {
    private static final Pattern CONVERSION = Pattern.compile(
        "%([-+ #0]*)(\\*|\\d{0,4})(?:\\.(\\*|\\d{0,4}))?(hh|h|ll|l|z|j|t|L)?([diouxXcspfFeEgGaA%])");

    /** Where arguments are read from. */
    interface Values {
        /** The integer of {@code bytes} bytes at {@code offset}, sign extended. */
        long read(int offset, int bytes);

        String text(long address);
    }

    private final Values values;
    private final StringBuilder text = new StringBuilder();
    private int offset;
    private int count;

    FormatText(String format, Values values) {
        this.values = values;
        Matcher matcher = CONVERSION.matcher(format);
        int from = 0;
        while (matcher.find()) {
            text.append(format, from, matcher.start()).append(convert(matcher));
            from = matcher.end();
        }
        text.append(format.substring(from));
    }

    String formatted() {
        return text.toString();
    }

    /** Arguments that were printed. */
    int count() {
        return count;
    }

    private String convert(Matcher matcher) {
        char conversion = matcher.group(5).charAt(0);
        if (conversion == '%') {
            return "%";
        }
        String flags = matcher.group(1);
        String width = matcher.group(2).equals("*") ? String.valueOf(next(Integer.BYTES)) : matcher.group(2);
        String precision = "*".equals(matcher.group(3)) ? String.valueOf(next(Integer.BYTES)) : matcher.group(3);
        if (width.startsWith("-")) {
            flags += "-";
            width = width.substring(1);
        }
        count++;
        String size = matcher.group(4) == null ? "" : matcher.group(4);
        boolean wide = size.equals("l") || size.equals("ll") || size.equals("z") || size.equals("j") || size.equals("t");
        return pad(flags, width, switch (conversion) {
            case 'd', 'i' -> sign(flags, digits(String.valueOf(next(wide ? Long.BYTES : Integer.BYTES)), precision));
            case 'u' -> digits(Long.toUnsignedString(unsigned(wide)), precision);
            case 'o' -> digits(Long.toOctalString(unsigned(wide)), precision);
            case 'x' -> (flags.contains("#") ? "0x" : "") + digits(Long.toHexString(unsigned(wide)), precision);
            case 'X' -> (flags.contains("#") ? "0X" : "") + digits(Long.toHexString(unsigned(wide)).toUpperCase(Locale.ROOT), precision);
            case 'c' -> String.valueOf((char) (next(Integer.BYTES) & 0xFF));
            case 's' -> cut(values.text(next(Long.BYTES)), precision);
            case 'p' -> "0x" + Long.toHexString(next(Long.BYTES));
            default -> sign(flags, real(conversion, precision, Double.longBitsToDouble(next(Long.BYTES))));
        });
    }

    private long next(int bytes) {
        offset = Math.ceilDiv(offset, bytes) * bytes;
        long value = values.read(offset, bytes);
        offset += bytes;
        return value;
    }

    private long unsigned(boolean wide) {
        return wide ? next(Long.BYTES) : next(Integer.BYTES) & 0xFFFFFFFFL;
    }

    private static String digits(String number, String precision) {
        int least = precision == null || precision.isEmpty() ? 0 : Integer.parseInt(precision);
        boolean minus = number.startsWith("-");
        String digits = minus ? number.substring(1) : number;
        return (minus ? "-" : "") + "0".repeat(Math.max(Math.min(least, 64) - digits.length(), 0)) + digits;
    }

    private static String cut(String value, String precision) {
        return precision == null || precision.isEmpty() ? value : value.substring(0, Math.min(value.length(), Integer.parseInt(precision)));
    }

    private static String sign(String flags, String number) {
        return number.startsWith("-") ? number : flags.contains("+") ? "+" + number : flags.contains(" ") ? " " + number : number;
    }

    private static String real(char conversion, String precision, double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        int digits = precision == null ? 6 : precision.isEmpty() ? 0 : Math.min(Integer.parseInt(precision), 64);
        return switch (conversion) {
            case 'f', 'F' -> String.format(Locale.ROOT, "%." + digits + "f", value);
            case 'e', 'E' -> String.format(Locale.ROOT, "%." + digits + conversion, value);
            case 'a', 'A' -> Double.toHexString(value);
            default -> general(Math.max(digits, 1), value);
        };
    }

    /** C's %g: the shorter of %f and %e, without zeros at the end. */
    private static String general(int digits, double value) {
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        String scientific = String.format(Locale.ROOT, "%." + (digits - 1) + "e", value);
        int exponent = Integer.parseInt(scientific.substring(scientific.indexOf('e') + 1));
        if (exponent < -4 || exponent >= digits) {
            String mantissa = scientific.substring(0, scientific.indexOf('e'));
            return trim(mantissa) + scientific.substring(scientific.indexOf('e'));
        }
        return trim(String.format(Locale.ROOT, "%." + (digits - 1 - exponent) + "f", value));
    }

    private static String trim(String number) {
        return number.contains(".") ? number.replaceAll("\\.?0+$", "") : number;
    }

    private static String pad(String flags, String width, String value) {
        int missing = width.isEmpty() ? 0 : Math.min(Integer.parseInt(width), 4096) - value.length();
        if (missing <= 0) {
            return value;
        }
        if (flags.contains("-")) {
            return value + " ".repeat(missing);
        }
        if (flags.contains("0") && !value.isEmpty() && (Character.isLetterOrDigit(value.charAt(value.length() - 1)))) {
            int at = value.startsWith("-") || value.startsWith("+") ? 1 : 0;
            return value.substring(0, at) + "0".repeat(missing) + value.substring(at);
        }
        return " ".repeat(missing) + value;
    }
}
