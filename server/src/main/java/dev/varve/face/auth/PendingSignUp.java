package dev.varve.face.auth;

import dev.varve.identity.account.MailTokens;
import dev.varve.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A sign-up that waits for its mailbox to be confirmed, as it lies beside the token that was mailed:
/// `{"hash": "$argon2id$...", "fields": {"email": "...", "name": "..."}}`.
///
/// @param fields of the account, as they were given
record PendingSignUp(String passwordHash, @Nullable Object fields) {
  private static final String HASH = "hash";
  private static final String FIELDS = "fields";

  static Optional<PendingSignUp> of(MailTokens.Row row) {
    Object kept = Json.read(row.payload().orElse("{}").getBytes(StandardCharsets.UTF_8));
    return kept instanceof Map<?, ?> members && members.get(HASH) instanceof String hash
        ? Optional.of(new PendingSignUp(hash, members.get(FIELDS)))
        : Optional.empty();
  }

  String json() {
    return new String(
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeStringProperty(HASH, passwordHash);
          json.writeName(FIELDS);
          Json.write(json, fields);
          json.writeEndObject();
        }),
        StandardCharsets.UTF_8);
  }

  /// Not the hash: this ends up in logs.
  @Override
  public String toString() {
    return "PendingSignUp[...]";
  }
}
