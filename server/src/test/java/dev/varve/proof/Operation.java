package dev.varve.proof;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One operation of a random unit of work.
///
/// @param version what a restore asks for
/// @param ifMatch the versions that the record may have; empty for any
/// @param sentVersion the version that the body names; 0 when it names none
record Operation(
    Verb verb,
    String model,
    String id,
    Map<String, Given> fields,
    long version,
    Set<Long> ifMatch,
    long sentVersion) {
  enum Verb {
    CREATE,
    CREATE_WITHOUT_ID,
    REPLACE,
    MERGE,
    DELETE,
    RESTORE
  }

  /// What is given for one field.
  sealed interface Given {
    /// A value in place of what is there.
    record Value(Choice choice) implements Given {}

    /// Members to merge into what is there (RFC 7396).
    record Members(Map<String, @Nullable Object> members) implements Given {}

    default @Nullable Object plain() {
      return switch (this) {
        case Value value -> value.choice().given();
        case Members patch -> patch.members();
      };
    }
  }

  /// The body of the request, as JSON is read.
  Map<String, @Nullable Object> body() {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    fields.forEach((name, given) -> body.put(name, given.plain()));
    if (sentVersion > 0) {
      body.put("version", sentVersion);
    }
    return body;
  }

  Operation withId(String other) {
    return new Operation(verb, model, other, fields, version, ifMatch, sentVersion);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(verb + " " + id);
    if (verb == Verb.RESTORE) {
      text.append(" version ").append(version);
    }
    if (!ifMatch.isEmpty()) {
      text.append(" if ").append(ifMatch);
    }
    if (!body().isEmpty()) {
      text.append(' ')
          .append(body().toString().replaceAll("(a very long text )+", "a very long text"));
    }
    return text.toString();
  }
}
