package dev.panacea.kernels.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class CounterLineTest {
    private static final CounterLine KEPT = new CounterLine("gemm", "bf16_128", 1000, 4, 0, 0.25, 1.5);

    @Test
    void readsWhatItWrites() {
        assertEquals(KEPT, CounterLine.parse(KEPT.text()));
        assertThrows(IllegalArgumentException.class, () -> CounterLine.parse("gemm bf16_128 1000"));
    }

    @Test
    void lessAndLittleMoreAreNoRegression() {
        assertEquals(List.of(), new CounterLine("gemm", "bf16_128", 1020, 4.08, 0.0004, 0.2, 1.4).regressions(KEPT, 0.02));
    }

    @Test
    void eachCounterThatRoseIsNamed() {
        List<String> sentences = new CounterLine("gemm", "bf16_128", 1030, 4, 0.5, 0.25, 1.5).regressions(KEPT, 0.02);
        assertEquals(List.of("gemm in bf16_128: warp instructions rose from 1000.0 to 1030.0",
            "gemm in bf16_128: bank conflicts a request rose from 0.0 to 0.5"), sentences);
    }
}
