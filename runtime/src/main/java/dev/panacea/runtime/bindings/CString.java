package dev.panacea.runtime.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Texts as C has them: bytes that end with a zero. */
final class CString {
    private CString() { }

    /** The text at {@code address}; empty at a null pointer. */
    static String at(long address) {
        return address == 0 ? "" : MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** {@code const char *[count]}, alive as long as {@code arena}. */
    static MemorySegment array(Arena arena, List<String> texts) {
        MemorySegment pointers = arena.allocate(ValueLayout.JAVA_LONG, Math.max(1, texts.size()));
        for (int i = 0; i < texts.size(); i++) {
            pointers.setAtIndex(ValueLayout.JAVA_LONG, i, arena.allocateFrom(texts.get(i)).address());
        }
        return pointers;
    }
}
