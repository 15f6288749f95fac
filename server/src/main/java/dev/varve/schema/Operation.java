package dev.varve.schema;

/// What a rule can allow.
public enum Operation {
  CREATE,
  READ,
  UPDATE,
  DELETE
}
