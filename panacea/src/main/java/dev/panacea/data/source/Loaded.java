package dev.panacea.data.source;

import dev.panacea.data.ReadReport;

/** What a source held, and the account of how it was read. */
public record Loaded<T>(T data, ReadReport report) { }
