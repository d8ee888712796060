package dev.panacea.preference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.runtime.BadInputException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceTest {

    @Test
    void parsesItsOwnTextToTheSameBits() {
        SplittableRandom random = new SplittableRandom(1);
        for (int trial = 0; trial < 200; trial++) {
            double[] draws = random.doubles(1 + trial % 10).toArray();
            double sum = Arrays.stream(draws).sum();
            Preference preference = Preference.of(Arrays.stream(draws).map(draw -> draw / sum).toArray());
            assertEquals(preference, Preference.parse(preference.toString()));
        }
        assertArrayEquals(new double[] {0.7, 0.3}, Preference.parse(" 0.7, 0.3").weights());
    }

    @Test
    void dividesAWithinToleranceSumAway() {
        Preference thirds = Preference.of(0.3333333, 0.3333333, 0.3333333);
        assertEquals(1, Arrays.stream(thirds.weights()).sum(), 3e-16);
        assertEquals(1.0 / 3, thirds.weight(1), 1e-16);
    }

    @Test
    void saysWhatTheSumIs() {
        BadInputException refused = assertThrows(BadInputException.class, () -> Preference.parse("0.7,0.4"));
        assertTrue(refused.getMessage().contains("sums to 1.1"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0.5,", "1.5,-0.5", "NaN,1", "Infinity,0", "half,half", "0.5;0.5", "0.500002,0.5"})
    void refusesWhatIsNotOnTheSimplex(String text) {
        assertThrows(BadInputException.class, () -> Preference.parse(text));
    }

    @Test
    void cannotBeChangedThroughItsArrays() {
        double[] given = {0.25, 0.75};
        Preference preference = Preference.of(given);
        given[0] = 9;
        preference.weights()[1] = 9;
        assertEquals(Preference.parse("0.25,0.75"), preference);
    }

    @Test
    void isAPlainArrayInJson() throws Exception {
        ObjectMapper json = new ObjectMapper();
        assertEquals("[0.0,0.0,1.0]", json.writeValueAsString(Preference.vertex(3, 2)));
        assertEquals(Preference.centre(4), json.readValue("[0.25,0.25,0.25,0.25]", Preference.class));
    }
}
