package dev.panacea.run;

import dev.panacea.evaluation.Json;
import java.nio.file.Path;

/**
 * A complete checkpoint on the disk.
 *
 * @param folder holds {@code state.json} and whatever files the trainer wrote
 */
public record Checkpoint(Path folder, State state) {

    static final String STATE_FILE = "state.json";

    /**
     * Where training stood. Preferences, batches and learning rates are functions of the step, so these few numbers and the
     * files beside them are all that a resumption needs.
     *
     * @param step optimiser steps done
     * @param tokens tokens seen since the beginning
     * @param seconds since the beginning, over all resumptions
     */
    public record State(long step, long tokens, double seconds) {
    }

    static Checkpoint read(Path folder) {
        return new Checkpoint(folder, Json.read(folder.resolve(STATE_FILE), State.class));
    }
}
