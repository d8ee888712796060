package dev.panacea.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.preference.Preference;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParetoFrontTest {

    private static final List<String> NAMES = List.of("helpful", "harmless");

    @TempDir
    Path folder;

    @Test
    void comesBackFromItsFileToTheSameBits() {
        ParetoFront front = new ParetoFront(NAMES, List.of(
            new FrontPoint(Preference.parse("0.1,0.9"), new double[] {Math.log(2), 1.0 / 3}, new double[] {-1e-9, 2}, new double[] {0.5, 1}),
            point("0.7,0.3", 4, 5)));
        Path file = folder.resolve("front.json");
        front.write(file);
        ParetoFront read = ParetoFront.read(file);
        assertEquals(front.dimensions(), read.dimensions());
        assertEquals(front.preferences(), read.preferences());
        for (int j = 0; j < 2; j++) {
            assertArrayEquals(front.points().get(j).loss(), read.points().get(j).loss());
            assertArrayEquals(front.points().get(j).margin(), read.points().get(j).margin());
            assertArrayEquals(front.points().get(j).accuracy(), read.points().get(j).accuracy());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"dimensions\":[\"a\"]", "{\"dimensions\":[\"a\"],\"points\":[]}", "{\"dimensions\":[],\"points\":null}",
        "{\"dimensions\":[\"a\",\"b\"],\"points\":[{\"preference\":[0.5,0.6],\"loss\":[1,1],\"margin\":[],\"accuracy\":[]}]}",
        "{\"dimensions\":[\"a\",\"b\"],\"points\":[{\"preference\":[0.5,0.5],\"loss\":[1],\"margin\":[],\"accuracy\":[]}]}",
        "{\"dimensions\":[\"a\",\"b\"],\"points\":[{\"preference\":[0.5,0.5],\"loss\":[1,1]}]}",
        "{\"dimensions\":[\"a\"],\"points\":[{\"preference\":[0.5,0.5],\"loss\":[1,1],\"margin\":[],\"accuracy\":[]}]}",
        "{\"dimensions\":[\"a\"],\"points\":[{\"preference\":[1],\"loss\":[\"NaN\"],\"margin\":[],\"accuracy\":[]}]}"})
    void refusesOtherFilesByName(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("front.json"), text);
        BadInputException refused = assertThrows(BadInputException.class, () -> ParetoFront.read(file));
        assertTrue(refused.getMessage().startsWith(file.toString()), refused.getMessage());
    }

    @Test
    void aMissingFileIsBadInput() {
        assertThrows(BadInputException.class, () -> ParetoFront.read(folder.resolve("front.json")));
    }

    @Test
    void keepsWhatNothingDominates() {
        ParetoFront front = new ParetoFront(NAMES, List.of(
            point("0,1", 3, 1), point("0.2,0.8", 3, 2), point("0.5,0.5", 2, 2), point("0.6,0.4", 2, 2), point("1,0", 1, 3)));
        assertEquals(List.of(Preference.parse("0,1"), Preference.parse("0.5,0.5"), Preference.parse("1,0")),
            front.nonDominated().preferences());
    }

    @Test
    void systemsAreComparedAboveOnePoint() {
        ParetoFront front = new ParetoFront(NAMES, List.of(point("0,1", 2, 1), point("1,0", 1, 2)));
        ParetoFront fixed = new ParetoFront(NAMES, List.of(point("0,1", 2.5, 1.5)));
        FrontComparison all = FrontComparison.of(front, point("0.5,0.5", 3, 3), Optional.of(fixed));
        // Worst (−3, −3) less a tenth of the range 2.
        assertArrayEquals(new double[] {-3.2, -3.2}, all.reference(), 1e-15);
        assertEquals(2 * 1.2 * 2.2 - 1.2 * 1.2, all.hypervolume().value(), 1e-14);
        assertEquals(0.04, all.baseHypervolume().value(), 1e-14);
        assertEquals(0.7 * 1.7, all.fixedHypervolume().orElseThrow().value(), 1e-14);
        assertEquals(Optional.empty(), FrontComparison.of(front, point("1,0", 3, 3), Optional.empty()).fixedHypervolume());
    }

    private static FrontPoint point(String preference, double... loss) {
        return new FrontPoint(Preference.parse(preference), loss, new double[0], new double[0]);
    }
}
