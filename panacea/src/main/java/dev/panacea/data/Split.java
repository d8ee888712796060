package dev.panacea.data;

/** Two parts of one set that share no prompt. */
public record Split<S>(S train, S heldOut) { }
