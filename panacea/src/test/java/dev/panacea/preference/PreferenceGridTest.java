package dev.panacea.preference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.BadInputException;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreferenceGridTest {

    @Test
    void twoDimensionsInStepsOfATenth() {
        List<Preference> grid = PreferenceGrid.lattice(2, 10);
        assertEquals(11, grid.size());
        for (int i = 0; i <= 10; i++) {
            assertEquals(i / 10.0, grid.get(i).weight(0), 1e-15);
        }
    }

    @Test
    void everyLatticePointOnceAndEveryVertex() {
        // C(4 + 3, 3) = 35 points of four dimensions in quarters.
        List<Preference> grid = PreferenceGrid.lattice(4, 4);
        assertEquals(35, grid.size());
        assertEquals(35, new HashSet<>(grid).size());
        for (int i = 0; i < 4; i++) {
            assertTrue(grid.contains(Preference.vertex(4, i)));
        }
        assertTrue(grid.contains(Preference.centre(4)));
    }

    @Test
    void theFinestLatticeThatFits() {
        assertEquals(21, PreferenceGrid.ofAtMost(27, 3).size()); // C(7, 2) = 21, C(8, 2) = 28
        assertEquals(28, PreferenceGrid.ofAtMost(28, 3).size());
        assertEquals(10, PreferenceGrid.ofAtMost(54, 10).size()); // the vertices; C(11, 9) = 55 is one too many
        assertEquals(1, PreferenceGrid.ofAtMost(9, 1).size());
    }

    @Test
    void refusesGridsThatCannotBe() {
        assertThrows(BadInputException.class, () -> PreferenceGrid.ofAtMost(2, 3));
        assertThrows(BadInputException.class, () -> PreferenceGrid.ofAtMost(Integer.MAX_VALUE, 2));
        assertThrows(BadInputException.class, () -> PreferenceGrid.lattice(2, 0));
        assertThrows(BadInputException.class, () -> PreferenceGrid.lattice(0, 3));
        assertThrows(BadInputException.class, () -> PreferenceGrid.lattice(30, 2_000_000_000));
    }
}
