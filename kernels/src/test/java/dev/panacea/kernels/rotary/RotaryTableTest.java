package dev.panacea.kernels.rotary;

import dev.panacea.runtime.BadInputException;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class RotaryTableTest {
    private static final RotaryScaling.Llama3 LLAMA_3_1 = new RotaryScaling.Llama3(8, 1, 4, 8192);

    @Test
    void entriesAreCosinesAndSinesOfPositionTimesFrequency() {
        RotaryTable table = RotaryTable.of(5000, 8, 500_000, new RotaryScaling.None());
        assertEquals(5000 * 4, table.cosine().length);
        for (int position : new int[] {0, 1, 4999}) {
            for (int i = 0; i < 4; i++) {
                double angle = position * Math.pow(500_000, -i / 4.0);
                assertEquals(Math.cos(angle), table.cosine()[position * 4 + i], 1e-7);
                assertEquals(Math.sin(angle), table.sine()[position * 4 + i], 1e-7);
            }
        }
    }

    @Test
    void linearScalingStretchesPositions() {
        RotaryTable plain = RotaryTable.of(10, 4, 10_000, new RotaryScaling.None());
        RotaryTable stretched = RotaryTable.of(40, 4, 10_000, new RotaryScaling.Linear(4));
        for (int position = 0; position < 10; position++) {
            for (int i = 0; i < 2; i++) {
                assertEquals(plain.cosine()[position * 2 + i], stretched.cosine()[4 * position * 2 + i], 1e-6);
            }
        }
    }

    @Test
    void llama3ScalingKeepsShortWavesStretchesLongOnesAndBlendsBetween() {
        assertEquals(wave(2000), LLAMA_3_1.apply(wave(2000)), 1e-18, "shorter than 8192 / 4");
        assertEquals(wave(9000) / 8, LLAMA_3_1.apply(wave(9000)), 1e-18, "longer than 8192 / 1");
        // 8192 / 4096 = 2 turns: a third of the way from 1 to 4
        assertEquals(wave(4096) * (1.0 / 3 + 2.0 / 3 / 8), LLAMA_3_1.apply(wave(4096)), 1e-15);
        assertEquals(wave(8192) / 8, LLAMA_3_1.apply(wave(8192)), 1e-15, "continuous at the long end");
        assertEquals(wave(2048), LLAMA_3_1.apply(wave(2048)), 1e-15, "continuous at the short end");
    }

    private static double wave(double length) {
        return 2 * Math.PI / length;
    }

    @Test
    void llama31FrequenciesAreThePublishedOnes() {
        double[] frequencies = RotaryTable.frequencies(128, 500_000, LLAMA_3_1);
        assertEquals(1, frequencies[0], 0);
        assertEquals(Math.pow(500_000, -63.0 / 64) / 8, frequencies[63], 1e-18);
        int unchanged = 0;
        int stretched = 0;
        for (int i = 0; i < 64; i++) {
            double plain = Math.pow(500_000, -i / 64.0);
            unchanged += frequencies[i] == plain ? 1 : 0;
            stretched += frequencies[i] == plain / 8 ? 1 : 0;
        }
        // ln(2048 / 2π) and ln(8192 / 2π) over ln(500000) / 64
        assertEquals(29, unchanged);
        assertEquals(64 - 35, stretched);
    }

    @Test
    void unusableScalingsAreBadInputAndUnusableShapesProgrammingErrors() {
        assertThrows(BadInputException.class, () -> new RotaryScaling.Linear(0.5));
        assertThrows(BadInputException.class, () -> new RotaryScaling.Linear(Double.NaN));
        assertThrows(BadInputException.class, () -> new RotaryScaling.Llama3(8, 4, 4, 8192));
        assertThrows(BadInputException.class, () -> new RotaryScaling.Llama3(8, 1, 4, 0));
        assertThrows(IllegalArgumentException.class, () -> RotaryTable.of(4, 3, 10_000, new RotaryScaling.None()));
        assertThrows(IllegalArgumentException.class, () -> RotaryTable.of(4, 4, 0, new RotaryScaling.None()));
    }
}
