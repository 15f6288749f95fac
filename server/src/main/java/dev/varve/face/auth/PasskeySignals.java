package dev.varve.face.auth;

import dev.varve.identity.passkey.Assertion;
import dev.varve.identity.passkey.PasskeyOptions;
import dev.varve.identity.passkey.PasskeyRefusal;
import dev.varve.identity.passkey.Passkeys;
import dev.varve.identity.passkey.RelyingParty;
import dev.varve.schema.record.Entity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What keepers of passkeys are told, so that they offer no passkey that was removed, and show the name that an account has now
/// (WebAuthn, section 5.1.10).
public final class PasskeySignals {
  private static final String NAME = "name";

  private final AccountContext context;
  private final PasskeyCeremonies ceremonies;

  PasskeySignals(AccountContext context, PasskeyCeremonies ceremonies) {
    this.context = context;
    this.ceremonies = ceremonies;
  }

  /// Who an account is to its passkeys.
  PasskeyOptions.User user(Entity account, byte[] handle) {
    String email = context.accounts().email(account);
    String name =
        context
            .accounts()
            .model()
            .field(NAME)
            .map(account::value)
            .filter(String.class::isInstance)
            .map(String::valueOf)
            .filter(text -> !text.isBlank())
            .orElse(email);
    return new PasskeyOptions.User(handle, email, name);
  }

  /// What to give to `signalAllAcceptedCredentials()` and `signalCurrentUserDetails()`; nothing of an account that never had a
  /// passkey.
  public Optional<Map<String, Object>> of(Entity account) {
    Optional<RelyingParty> party = ceremonies.known();
    return party.flatMap(found ->
        context
            .stages()
            .database()
            .lookup(rows -> {
              Optional<byte[]> handle = Passkeys.handle(rows, account.id());
              List<String> accepted =
                  Passkeys.of(rows, account.id()).stream()
                      .map(passkey -> PasskeyOptions.base64(passkey.key().credential()))
                      .toList();
              return handle.map(own -> members(found.id(), user(account, own), accepted));
            }));
  }

  /// What to give to `signalUnknownCredential()`, of a passkey that signed nobody in: nothing when it is known here.
  ///
  /// @param json what a browser answered
  public Map<String, Object> ofUnknown(String json) {
    try {
      Assertion assertion = Assertion.read(json);
      boolean known =
          context
              .stages()
              .database()
              .lookup(rows -> Passkeys.find(rows, assertion.credential()))
              .isPresent();
      Optional<RelyingParty> party = ceremonies.known();
      return known || party.isEmpty()
          ? Map.of()
          : Map.of(
              "signalUnknownCredential",
              Map.of(
                  "rpId",
                  party.get().id(),
                  "credentialId",
                  PasskeyOptions.base64(assertion.credential())));
    } catch (PasskeyRefusal _) {
      return Map.of(); // nothing that a browser answers
    }
  }

  private static Map<String, Object> members(
      String party, PasskeyOptions.User user, List<String> accepted) {
    String handle = PasskeyOptions.base64(user.handle());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("rpId", party);
    all.put("userId", handle);
    all.put("allAcceptedCredentialIds", accepted);
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("rpId", party);
    details.put("userId", handle);
    details.put(NAME, user.email());
    details.put("displayName", user.name());
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("signalAllAcceptedCredentials", all);
    members.put("signalCurrentUserDetails", details);
    return members;
  }
}
