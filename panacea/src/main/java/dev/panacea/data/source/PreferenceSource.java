package dev.panacea.data.source;

import dev.panacea.data.PreferenceSet;
import java.util.List;

/** Where preference pairs come from. */
public sealed interface PreferenceSource permits SafeRlhf, HhRlhf, AttributePairs, ChosenRejected {

    /** The preference dimensions of the pairs, in label order. */
    List<String> dimensions();

    /**
     * Reads everything into memory.
     *
     * @throws dev.panacea.runtime.BadInputException when a file is missing, damaged, not of this form, or nothing usable is in it
     */
    Loaded<PreferenceSet> read();
}
