package dev.varve.face.auth;

import dev.varve.identity.account.MailTokens;
import dev.varve.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A sign-up that waits for its mailbox to be confirmed, as it lies beside the token that was mailed:
/// `{"hash": "$argon2id$...", "fields": {"email": "...", "name": "..."}}`, or with `passkey` in place of `hash`.
///
/// @param fields of the account, as they were given
record PendingSignUp(FirstCredential credential, @Nullable Object fields) {
  private static final String FIELDS = "fields";

  static Optional<PendingSignUp> of(MailTokens.Row row) {
    Object kept = Json.read(row.payload().orElse("{}").getBytes(StandardCharsets.UTF_8));
    return kept instanceof Map<?, ?> members
        ? FirstCredential.read(members)
            .map(credential -> new PendingSignUp(credential, members.get(FIELDS)))
        : Optional.empty();
  }

  String json() {
    Map<String, @Nullable Object> members = new LinkedHashMap<>(credential.members());
    members.put(FIELDS, fields);
    return new String(Json.bytes(json -> Json.write(json, members)), StandardCharsets.UTF_8);
  }

  /// Not what stands in it: this ends up in logs.
  @Override
  public String toString() {
    return "PendingSignUp[...]";
  }
}
