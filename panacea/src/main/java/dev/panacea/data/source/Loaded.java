package dev.panacea.data.source;

/** What a source held, and the account of how it was read. */
public record Loaded<T>(T data, ReadReport report) { }
