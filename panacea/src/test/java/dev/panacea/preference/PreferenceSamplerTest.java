package dev.panacea.preference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.preference.PreferenceSampler.VertexMix;
import dev.panacea.runtime.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceSamplerTest {

    private static final int DRAWS = 20_000;

    /** The known answers that Salmon et al. publish with Philox4x32-10. */
    @Test
    void philoxGivesItsKnownAnswers() {
        assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
            PhiloxRandom.block(new int[4], new int[2]));
        assertArrayEquals(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
            PhiloxRandom.block(new int[] {-1, -1, -1, -1}, new int[] {-1, -1}));
        assertArrayEquals(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
            PhiloxRandom.block(new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, new int[] {0xa4093822, 0x299f31d0}));
    }

    @Test
    void aDrawDependsOnSeedStepAndIndexAlone() {
        VertexMix sampler = new VertexMix(5, 3, 0, 1);
        Preference draw = sampler.at(40, 2);
        sampler.at(41, 0);
        assertEquals(draw, new VertexMix(5, 3, 0, 1).at(40, 2));
        assertNotEquals(draw, sampler.at(40, 3));
        assertNotEquals(draw, sampler.at(41, 2));
        assertNotEquals(draw, new VertexMix(6, 3, 0, 1).at(40, 2));
        assertNotEquals(sampler.at(1, 0), sampler.at(1L << 32 | 1, 0));
    }

    @Test
    void verticesComeAsOftenAsAskedAndAllAlike() {
        VertexMix sampler = new VertexMix(11, 3);
        int[] seen = new int[3];
        for (int step = 0; step < DRAWS; step++) {
            Preference draw = sampler.at(step, 0);
            for (int i = 0; i < 3; i++) {
                seen[i] += draw.equals(Preference.vertex(3, i)) ? 1 : 0;
            }
        }
        double expected = DRAWS * VertexMix.DEFAULT_VERTEX_PROBABILITY / 3;
        for (int count : seen) {
            assertEquals(expected, count, 5 * Math.sqrt(expected));
        }
    }

    /** Mean 1/m and variance (1/m)(1 − 1/m)/(mα + 1) of the symmetric Dirichlet distribution. */
    @ParameterizedTest
    @ValueSource(doubles = {0.3, 1, 4})
    void dirichletHasItsMoments(double concentration) {
        int dimensions = 4;
        VertexMix sampler = new VertexMix(3, dimensions, 0, concentration);
        double[] sum = new double[dimensions];
        double[] squares = new double[dimensions];
        for (int step = 0; step < DRAWS; step++) {
            double[] draw = sampler.at(step, 7).weights();
            for (int i = 0; i < dimensions; i++) {
                sum[i] += draw[i];
                squares[i] += draw[i] * draw[i];
            }
        }
        double variance = 3.0 / 16 / (dimensions * concentration + 1);
        for (int i = 0; i < dimensions; i++) {
            double mean = sum[i] / DRAWS;
            assertEquals(0.25, mean, 5 * Math.sqrt(variance / DRAWS));
            assertEquals(variance, squares[i] / DRAWS - mean * mean, 0.05 * variance);
        }
    }

    @Test
    void aTinyConcentrationStaysOnTheSimplex() {
        VertexMix sampler = new VertexMix(3, 5, 0, 1e-4);
        for (int step = 0; step < 500; step++) {
            assertEquals(1, Arrays.stream(sampler.at(step, 0).weights()).sum(), 1e-12);
        }
    }

    /** The mean of Λ·g(λ) is the same by plain draws and by weighed ones, for g that tell the distributions apart. */
    @Test
    void drawsForAnItemHaveTheExpectationOfPlainOnes() {
        VertexMix sampler = new VertexMix(17, 3, 0.3, 0.7);
        List<ToDoubleFunction<Preference>> functions = List.of(draw -> 1, draw -> draw.weight(0), draw -> draw.weight(1),
            draw -> draw.weight(0) * draw.weight(2), draw -> Math.sqrt(draw.weight(2)));
        for (boolean[] judged : new boolean[][] {{true, false, false}, {true, false, true}}) {
            for (ToDoubleFunction<Preference> g : functions) {
                Estimate plain = Estimate.of(step -> {
                    Preference draw = sampler.at(step, 0);
                    return judgedWeight(draw, judged) * g.applyAsDouble(draw);
                });
                Estimate weighed = Estimate.of(step -> {
                    PreferenceSampler.Draw draw = sampler.forItem(step, 1, judged);
                    return draw.importance() * judgedWeight(draw.preference(), judged) * g.applyAsDouble(draw.preference());
                });
                assertEquals(plain.mean, weighed.mean, 5 * Math.sqrt(plain.variance + weighed.variance));
            }
        }
    }

    /** @param variance of the mean */
    private record Estimate(double mean, double variance) {
        static Estimate of(IntToDoubleFunction term) {
            double[] terms = IntStream.range(0, DRAWS).mapToDouble(term).toArray();
            double mean = Arrays.stream(terms).sum() / DRAWS;
            return new Estimate(mean, Arrays.stream(terms).map(x -> (x - mean) * (x - mean)).sum() / DRAWS / DRAWS);
        }
    }

    private static double judgedWeight(Preference draw, boolean[] judged) {
        return IntStream.range(0, judged.length).filter(i -> judged[i]).mapToDouble(draw::weight).sum();
    }

    @Test
    void everyItemOfOneDimensionCountsAlike() {
        VertexMix sampler = new VertexMix(17, 4, 0.3, 0.7);
        for (int step = 0; step < 100; step++) {
            PreferenceSampler.Draw draw = sampler.forItem(step, 0, new boolean[] {false, false, true, false});
            assertEquals(0.25, draw.importance() * draw.preference().weight(2), 1e-15);
        }
    }

    @Test
    void anItemOfAllOrNoDimensionsGetsAPlainDraw() {
        VertexMix sampler = new VertexMix(17, 2);
        for (boolean judged : new boolean[] {true, false}) {
            assertEquals(new PreferenceSampler.Draw(sampler.at(9, 3), 1), sampler.forItem(9, 3, new boolean[] {judged, judged}));
        }
    }

    @Test
    void aFixedPreferenceStays() {
        Preference preference = Preference.parse("0.4,0.6");
        assertEquals(preference, new PreferenceSampler.Fixed(preference).at(123, 4));
        assertEquals(new PreferenceSampler.Draw(preference, 1),
            new PreferenceSampler.Fixed(preference).forItem(123, 4, new boolean[] {true, false}));
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThrows(BadInputException.class, () -> new VertexMix(0, 0));
        assertThrows(BadInputException.class, () -> new VertexMix(0, 2, 1.1, 1));
        assertThrows(BadInputException.class, () -> new VertexMix(0, 2, Double.NaN, 1));
        assertThrows(BadInputException.class, () -> new VertexMix(0, 2, 0.2, 0));
    }
}
