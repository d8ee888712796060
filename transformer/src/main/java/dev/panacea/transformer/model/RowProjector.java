package dev.panacea.transformer.model;

import dev.panacea.autograd.Tape;

/** A {@link Projector} for rows that belong to different owners (pairs, prompts), each of which may have its own preference. */
@FunctionalInterface
public interface RowProjector {

    /** The base model, whoever owns a row. */
    RowProjector BASE = (tape, ownerOfRow) -> Projector.BASE;

    /** @param ownerOfRow index of each row's owner: [rows] */
    Projector forRows(Tape tape, int[] ownerOfRow);
}
