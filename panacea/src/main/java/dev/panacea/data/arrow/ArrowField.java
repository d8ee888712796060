package dev.panacea.data.arrow;

import java.util.List;

/** A column of a schema, or a part of a nested one. */
record ArrowField(String name, ArrowType type, List<ArrowField> children) { }
