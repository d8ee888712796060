package dev.panacea.runtime.simulator.execution;

/** The registers of one function within a warp's three files: where they begin, and how many. */
record RegisterRange(int words, int wordCount, int longs, int longCount, int predicates, int predicateCount) { }
