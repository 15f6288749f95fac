package dev.varve.proof.history;

import dev.varve.proof.history.LoggedUnit.Change;
import java.util.List;
import java.util.Map;

/// What a client was answered, or was not.
sealed interface Seen {
  Span span();

  /// A write, under one idempotency key, however often it was sent.
  record Written(Span span, String key, List<Change> wanted, Outcome outcome) implements Seen {}

  /// What its client knows of a write.
  sealed interface Outcome {
    record Done(long position) implements Outcome {}

    /// One of the versions that it named was not the one that the record had.
    record Refused(List<Named> versions) implements Outcome {}

    /// Nothing of it was kept, an answer said.
    record NotKept() implements Outcome {}

    /// It may have been done, or may yet be.
    record Open() implements Outcome {}
  }

  /// A version that a write builds on.
  record Named(String model, String id, long version) {}

  /// All records of a model for which some fields have some values, as an answer showed them.
  ///
  /// @param position that the answer names
  /// @param where values by field; `id` for a single record; empty for all
  record Shown(
      Span span,
      View view,
      long position,
      String model,
      Map<String, Object> where,
      List<Map<String, Object>> records)
      implements Seen {}

  /// How new a read has to be.
  sealed interface View {
    /// Nothing is missing that was answered before it began, wherever that was.
    record Newest() implements View {}

    /// It comes from the memory of a node: nothing is missing that this node has shown, nor what was answered long before.
    ///
    /// @param atLeast the position that the request named; 0 for none
    record Remembered(long atLeast) implements View {}

    /// The same, and the node said that it is still what the client had from before.
    record Unchanged() implements View {}

    record AtPosition(long position) implements View {}

    record AtInstant(long micros) implements View {}
  }

  /// A record was not found, when a node was asked that may answer from memory.
  record Missing(Span span, long atLeast, String model, String id) implements Seen {}

  /// Try again later: 503 with `Retry-After`.
  record Delayed(Span span, String what) implements Seen {}

  /// No answer came.
  record Unanswered(Span span, String what) implements Seen {}

  /// An answer that no fault excuses.
  record Odd(Span span, String what) implements Seen {}
}
