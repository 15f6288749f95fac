package dev.varve.lane.expression;

import dev.varve.schema.Field;
import dev.varve.schema.Model;

/// A stored field whose value decides about the answer of a predicate.
public record FieldRead(Model model, Field field) {}
