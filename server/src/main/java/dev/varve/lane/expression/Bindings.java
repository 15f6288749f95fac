package dev.varve.lane.expression;

import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import java.time.Instant;
import java.util.Optional;

/// What an expression may ask for besides the record itself.
///
/// @param now the moment of the request
/// @param input what the caller gave, on CREATE and UPDATE
/// @param account the record of the account that asks: `me`
/// @param related finds the record that a relation refers to, as of the same moment as the record tested
public record Bindings(
    Instant now, Optional<Input> input, Optional<Entity> account, Related related) {
  /// Finds records by id.
  @FunctionalInterface
  public interface Related {
    Optional<Entity> find(Model model, String id);
  }
}
