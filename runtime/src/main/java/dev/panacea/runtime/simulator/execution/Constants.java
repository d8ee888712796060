package dev.panacea.runtime.simulator.execution;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Registers that hold literals and special registers, so that operations need not tell them from others. */
final class Constants {
    private final Map<Integer, Integer> words = new HashMap<>();
    private final Map<Long, Integer> longs = new HashMap<>();
    private final Map<SpecialRegister, Integer> specials = new HashMap<>();
    private final Map<SpecialRegister, Integer> wideSpecials = new HashMap<>();
    private int nextWord;
    private int nextLong;

    /** Constants go behind the registers that lanes write to. */
    Constants(int firstWord, int firstLong) {
        nextWord = firstWord;
        nextLong = firstLong;
    }

    int word(int value) {
        return words.computeIfAbsent(value, absent -> nextWord++);
    }

    int wide(long value) {
        return longs.computeIfAbsent(value, absent -> nextLong++);
    }

    int special(SpecialRegister register) {
        return specials.computeIfAbsent(register, absent -> nextWord++);
    }

    int wideSpecial(SpecialRegister register) {
        return wideSpecials.computeIfAbsent(register, absent -> nextLong++);
    }

    int freshWord() {
        return nextWord++;
    }

    int freshLong() {
        return nextLong++;
    }

    int wordEnd() {
        return nextWord;
    }

    int longEnd() {
        return nextLong;
    }

    void fill(Warp warp) {
        words.forEach((value, slot) -> Arrays.fill(warp.words, slot * Warp.LANES, (slot + 1) * Warp.LANES, value));
        longs.forEach((value, slot) -> Arrays.fill(warp.longs, slot * Warp.LANES, (slot + 1) * Warp.LANES, value));
        warp.predicates[0] = Warp.ALL;
    }

    void fillSpecials(Warp warp) {
        specials.forEach((register, slot) -> {
            for (int lane = 0; lane < Warp.LANES; lane++) {
                warp.words[slot * Warp.LANES + lane] = register.value(warp, lane);
            }
        });
        wideSpecials.forEach((register, slot) -> {
            for (int lane = 0; lane < Warp.LANES; lane++) {
                warp.longs[slot * Warp.LANES + lane] = register.value(warp, lane);
            }
        });
    }
}
