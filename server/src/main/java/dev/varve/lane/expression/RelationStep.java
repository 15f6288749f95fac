package dev.varve.lane.expression;

import dev.varve.schema.Field;
import dev.varve.schema.Model;

/// A step from a record to the one that its field `relation` refers to.
record RelationStep(Model owner, Field relation, Model target) {}
