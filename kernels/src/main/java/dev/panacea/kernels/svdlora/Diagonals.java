package dev.panacea.kernels.svdlora;

/**
 * The multipliers of every row, on a CUDA device.
 *
 * @param ranks that rows of operands have, of which those from {@code rank} on are 0
 * @param diagonal address of d (preferences, rank)
 * @param preferenceOfRow address of I32 [rows], 0 when there is one preference
 */
record Diagonals(int rank, int ranks, int preferences, long diagonal, long preferenceOfRow) { }
