package dev.panacea.data.arrow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One column of a record batch, as views of the mapped file. Lengths and offsets were checked when it was made, so every row below
 * {@link #length} can be read. A value of a null row is unspecified.
 */
public sealed interface ArrowColumn {

    ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    int length();

    Bits valid();

    default boolean isNull(int row) {
        return !valid().get(row);
    }

    /** One bit a row; without bytes, every bit is set. */
    record Bits(MemorySegment bytes) {
        static final Bits ALL = new Bits(MemorySegment.NULL);

        boolean get(int row) {
            return bytes.byteSize() == 0 || (bytes.get(ValueLayout.JAVA_BYTE, row >> 3) >> (row & 7) & 1) != 0;
        }

        public boolean allSet(int rows) {
            for (int row = 0; row < rows; row++) {
                if (!get(row)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Where each row's elements begin and, one further, end. */
    record Offsets(MemorySegment bytes, boolean large) {
        long get(int row) {
            return large ? bytes.getAtIndex(LONG, row) : bytes.getAtIndex(INT, row);
        }
    }

    /** UTF-8 strings. */
    record Text(int length, Bits valid, Offsets offsets, MemorySegment bytes) implements ArrowColumn {
        public String get(int row) {
            long start = offsets.get(row);
            byte[] text = bytes.asSlice(start, offsets.get(row + 1) - start).toArray(ValueLayout.JAVA_BYTE);
            return new String(text, StandardCharsets.UTF_8);
        }
    }

    /** Integers of {@code width} bytes. */
    record Whole(int length, Bits valid, MemorySegment values, int width, boolean signed) implements ArrowColumn {
        /** The value, an unsigned one of 64 bits as if it were signed. */
        public long get(int row) {
            return switch (width) {
                case 1 -> signed ? values.get(ValueLayout.JAVA_BYTE, row) : values.get(ValueLayout.JAVA_BYTE, row) & 0xffL;
                case 2 -> signed ? values.getAtIndex(SHORT, row) : values.getAtIndex(SHORT, row) & 0xffffL;
                case 4 -> signed ? values.getAtIndex(INT, row) : values.getAtIndex(INT, row) & 0xffff_ffffL;
                default -> values.getAtIndex(LONG, row);
            };
        }

        /** The rows {@code from} to {@code to}, exclusive, of a column of 32-bit integers. */
        public int[] ints(long from, long to) {
            if (width != Integer.BYTES) {
                throw new IllegalStateException("a column of " + width + "-byte integers is not read as ints");
            }
            int[] ints = new int[(int) (to - from)];
            MemorySegment.copy(values, INT, from * Integer.BYTES, ints, 0, ints.length);
            return ints;
        }
    }

    /** IEEE numbers of {@code width} bytes. */
    record Real(int length, Bits valid, MemorySegment values, int width) implements ArrowColumn {
        public double get(int row) {
            return width == Float.BYTES ? values.getAtIndex(FLOAT, row) : values.getAtIndex(DOUBLE, row);
        }
    }

    /** Booleans. */
    record Flag(int length, Bits valid, Bits values) implements ArrowColumn {
        public boolean get(int row) {
            return values.get(row);
        }
    }

    /** Lists: row i is the child's rows {@code start(i)} to {@code start(i + 1)}, exclusive. */
    record Lists(int length, Bits valid, Offsets offsets, ArrowColumn child) implements ArrowColumn {
        public long start(int row) {
            return offsets.get(row);
        }
    }

    /** Lists of {@code size}: row i begins at the child's row {@code i · size}. */
    record FixedLists(int length, Bits valid, int size, ArrowColumn child) implements ArrowColumn {
        public long start(int row) {
            return (long) row * size;
        }
    }

    /** One value of each child. */
    record Struct(int length, Bits valid, List<String> names, List<ArrowColumn> children) implements ArrowColumn { }

    /** Nothing but nulls. */
    record Nothing(int length) implements ArrowColumn {
        @Override
        public Bits valid() {
            return Bits.ALL;
        }

        @Override
        public boolean isNull(int row) {
            return true;
        }
    }
}
