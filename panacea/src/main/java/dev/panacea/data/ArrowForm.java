package dev.panacea.data;

/** How record batches are framed: with a footer for random access, or one after the other as Hugging Face {@code datasets} does. */
public enum ArrowForm { FILE, STREAM }
