package dev.panacea.data;

import dev.panacea.runtime.BadInputException;
import java.util.HashSet;
import java.util.List;

/** The names of preference dimensions, in the order that labels and preference vectors use. */
public final class Dimensions {

    private Dimensions() { }

    /**
     * A copy of {@code names}.
     *
     * @throws BadInputException without a name, or where a name is blank or given twice
     */
    public static List<String> checked(List<String> names) {
        if (names.isEmpty()) {
            throw new BadInputException("At least one preference dimension must be named.");
        }
        HashSet<String> seen = new HashSet<>();
        for (String name : names) {
            if (name.isBlank() || !seen.add(name)) {
                throw new BadInputException("Preference dimensions need different names that are not blank, not " + names + ".");
            }
        }
        return List.copyOf(names);
    }
}
