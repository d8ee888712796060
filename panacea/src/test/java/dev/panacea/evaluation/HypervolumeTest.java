package dev.panacea.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HypervolumeTest {

    private final SplittableRandom random = new SplittableRandom(23);

    @Test
    void boxesCountedByHand() {
        double[][] staircase = {{3, 1}, {1, 3}, {2, 2}, {2, 2}, {1, 1}, {-5, 9}};
        assertEquals(6, Hypervolume.exact(staircase, new double[] {0, 0}), 1e-14);
        // Two unit-thick arms and a cube: 4·1·1 + 1·4·1 + 2·2·2 − overlaps (1 + 2 + 2 − 1).
        double[][] arms = {{4, 1, 1}, {1, 4, 1}, {2, 2, 2}};
        assertEquals(12, Hypervolume.exact(arms, new double[3]), 1e-14);
        assertEquals(7, Hypervolume.exact(new double[][] {{2}, {5}}, new double[] {-2}), 1e-14);
        assertEquals(0, Hypervolume.exact(new double[][] {{0, 5}}, new double[] {0, 0}));
    }

    /** Inclusion and exclusion over every subset of boxes: slow, and nothing like the recursion under test. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void agreesWithInclusionAndExclusion(int dimensions) {
        for (int trial = 0; trial < 40; trial++) {
            double[][] vectors = vectors(1 + random.nextInt(9), dimensions, trial % 2 == 0);
            double[] reference = random.doubles(dimensions, -0.3, 0.3).toArray();
            double expected = inclusionExclusion(vectors, reference);
            assertEquals(expected, Hypervolume.exact(vectors, reference), 1e-12 * Math.max(1, expected));
        }
    }

    @ParameterizedTest
    @CsvSource({"3,60", "4,40", "6,25"})
    void agreesWithSampling(int dimensions, int count) {
        double[][] vectors = vectors(count, dimensions, false);
        double[] reference = new double[dimensions];
        HypervolumeEstimate sampled = HypervolumeEstimate.sampled(vectors, reference, 100_000, 4);
        assertTrue(sampled.standardError() > 0 && sampled.standardError() < 0.05 * sampled.value());
        assertEquals(Hypervolume.exact(vectors, reference), sampled.value(), 4.5 * sampled.standardError());
    }

    @Test
    void manyObjectivesAreEstimatedWithAnErrorBar() {
        // One box of sides 1 in seven objectives, and one that lies inside it.
        double[][] vectors = {{1, 1, 1, 1, 1, 1, 1}, {.5, .5, .5, .5, .5, .5, .5}};
        HypervolumeEstimate whole = HypervolumeEstimate.of(vectors, new double[7]);
        assertEquals(1, whole.value());
        assertThrows(IllegalArgumentException.class, () -> Hypervolume.exact(vectors, new double[7]));
        // Two slabs a half thick in one objective each: 1/2 + 1/2 − 1/4.
        double[][] slabs = {{.5, 1, 1, 1, 1, 1, 1}, {1, .5, 1, 1, 1, 1, 1}};
        HypervolumeEstimate union = HypervolumeEstimate.sampled(slabs, new double[7], 40_000, 9);
        assertEquals(0.75, union.value(), 4.5 * union.standardError());
        assertEquals(Math.sqrt(0.75 * 0.25 / 40_000), union.standardError(), 1e-4);
    }

    @ParameterizedTest
    @CsvSource({"ZDT1.csv, 0.666160124875", "ZDT2.csv, 0.332833559416"})
    void reproducesPublishedFronts(String file, double expected) throws Exception {
        assertEquals(expected, Hypervolume.exact(minimised(file), new double[] {-1, -1}), 5e-13);
    }

    /** The continuous front is the octant of a sphere: what lies between it and (1, 1, 1) is 1 − π/6. */
    @Test
    void approachesTheSphereFromBelow() throws Exception {
        double[][] octant = minimised("DTLZ2.3D.csv");
        double volume = Hypervolume.exact(octant, new double[] {-1, -1, -1});
        double sphere = 1 - Math.PI / 6;
        assertTrue(volume < sphere && volume > sphere - 0.02, "volume " + volume);
        HypervolumeEstimate sampled = HypervolumeEstimate.sampled(octant, new double[] {-1, -1, -1}, 10_000, 2);
        assertEquals(volume, sampled.value(), 4.5 * sampled.standardError());
    }

    @Test
    void refusesVectorsItCannotMeasure() {
        assertThrows(IllegalArgumentException.class, () -> Hypervolume.exact(new double[][] {{1, Double.NaN}}, new double[2]));
        assertThrows(IllegalArgumentException.class, () -> Hypervolume.exact(new double[][] {{1, 2}, {1}}, new double[2]));
        assertThrows(IllegalArgumentException.class, () -> Hypervolume.exact(new double[][] {{1, 2}}, new double[3]));
    }

    // A coarse grid of values makes ties and duplicates; vectors may also fall below the reference.
    private double[][] vectors(int count, int dimensions, boolean coarse) {
        double[][] vectors = new double[count][];
        Arrays.setAll(vectors, j -> coarse ? random.ints(dimensions, 0, 4).mapToDouble(k -> k / 2.0).toArray()
            : random.doubles(dimensions, 0, 2).toArray());
        return vectors;
    }

    private static double inclusionExclusion(double[][] vectors, double[] reference) {
        double volume = 0;
        for (int subset = 1; subset < 1 << vectors.length; subset++) {
            double intersection = 1;
            for (int i = 0; i < reference.length; i++) {
                double side = Double.POSITIVE_INFINITY;
                for (int j = 0; j < vectors.length; j++) {
                    side = (subset >> j & 1) == 1 ? Math.min(side, vectors[j][i] - reference[i]) : side;
                }
                intersection *= Math.max(0, side);
            }
            volume += Integer.bitCount(subset) % 2 == 1 ? intersection : -intersection;
        }
        return volume;
    }

    private static double[][] minimised(String file) throws Exception {
        String fixtures = System.getenv("PANACEA_FIXTURES");
        assumeTrue(fixtures != null, "PANACEA_FIXTURES is not set: no published fronts");
        Path path = Path.of(fixtures, "fronts", file);
        return Files.readAllLines(path).stream().filter(line -> !line.isBlank())
            .map(line -> Arrays.stream(line.split(",")).mapToDouble(value -> -Double.parseDouble(value)).toArray())
            .toArray(double[][]::new);
    }
}
