package dev.varve.identity.token;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JsonGenerator;

/// When and how somebody has signed in, as tokens tell it (OpenID Connect Core 1.0, section 2; RFC 9068, section 2.2.1).
///
/// @param at `auth_time`; nothing where nobody knows, since a provider does not tell
/// @param level `acr`: how sure it is that it was them
/// @param methods `amr` (RFC 8176)
public record Authenticated(Optional<Instant> at, String level, Set<String> methods) {
  public Authenticated {
    methods = Set.copyOf(methods);
  }

  void write(JsonGenerator json) {
    at.ifPresent(known -> json.writeNumberProperty("auth_time", known.getEpochSecond()));
    json.writeStringProperty("acr", level);
    json.writeArrayPropertyStart("amr");
    new TreeSet<>(methods).forEach(json::writeString);
    json.writeEndArray();
  }
}
