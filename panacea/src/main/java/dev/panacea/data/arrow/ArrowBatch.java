package dev.panacea.data.arrow;

import java.util.List;

/** Rows that lie together in a file, column by column. */
public record ArrowBatch(int rows, List<ArrowColumn> columns) { }
