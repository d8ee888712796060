package dev.panacea.data.arrow;

/** The Arrow types that data sets of text, tokens and labels are made of. */
sealed interface ArrowType {

    /** UTF-8 strings. @param large whether offsets have 64 bits */
    record Text(boolean large) implements ArrowType { }

    /** Integers, and times as the integers they are stored as. @param bytes 1, 2, 4 or 8 */
    record Whole(int bytes, boolean signed) implements ArrowType { }

    /** IEEE numbers. @param bytes 4 or 8 */
    record Real(int bytes) implements ArrowType { }

    /** Booleans, one a bit. */
    record Flag() implements ArrowType { }

    /** Lists of one child. @param large whether offsets have 64 bits */
    record Lists(boolean large) implements ArrowType { }

    /** Lists of one child, all of {@code size} elements. */
    record FixedLists(int size) implements ArrowType { }

    /** One value of each child. */
    record Struct() implements ArrowType { }

    /** Nothing but nulls, without a buffer. */
    record Nothing() implements ArrowType { }
}
