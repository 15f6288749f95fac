package dev.varve.identity.passkey;

import dev.varve.identity.token.OpaqueToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// What a browser is asked for, as `PublicKeyCredential.parseCreationOptionsFromJSON()` and `parseRequestOptionsFromJSON()` read it
/// (WebAuthn, sections 5.4 and 5.5).
public final class PasskeyOptions {
  /// How long a challenge is good: long enough to find a phone, and as long as browsers wait (section 15.1).
  public static final Duration LIFETIME = Duration.ofMinutes(5);

  private static final String TYPE = "public-key";

  private PasskeyOptions() {}

  /// Who is to have a passkey.
  ///
  /// @param handle the name under which authenticators know the account
  /// @param email which tells passkeys of many accounts apart
  /// @param name what else they show
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  public record User(byte[] handle, String email, String name) {
    public Map<String, Object> members() {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("id", base64(handle));
      members.put("name", email);
      members.put("displayName", name);
      return members;
    }
  }

  /// Asks for a new passkey.
  ///
  /// @param known those that the account has: an authenticator that has one of them makes no other
  /// @param alone whether it is to be the only way into the account, so that it has to be found without its account, and to make sure
  ///     who uses it
  public static Map<String, Object> creation(
      RelyingParty party, OpaqueToken challenge, User user, List<Passkey> known, boolean alone) {
    String wish = alone ? "required" : "preferred";
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("rp", Map.of("id", party.id(), "name", party.name()));
    options.put("user", user.members());
    options.put("challenge", challenge.text());
    options.put(
        "pubKeyCredParams", NewPasskey.ALGORITHMS.stream().map(PasskeyOptions::algorithm).toList());
    options.put("timeout", LIFETIME.toMillis());
    options.put("excludeCredentials", descriptors(known));
    Map<String, Object> selection = new LinkedHashMap<>();
    selection.put("residentKey", wish);
    selection.put("requireResidentKey", alone);
    selection.put("userVerification", wish);
    options.put("authenticatorSelection", selection);
    options.put("attestation", "none");
    options.put("extensions", Map.of("credProps", true));
    return options;
  }

  private static Map<String, Object> algorithm(long algorithm) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", TYPE);
    members.put("alg", algorithm);
    return members;
  }

  /// Asks whoever sits there for a passkey of theirs, and for the certainty that it is them. It is the same whoever asks.
  public static Map<String, Object> discovery(RelyingParty party, OpaqueToken challenge) {
    return request(party, challenge, List.of(), "required");
  }

  /// Asks for one of these passkeys.
  public static Map<String, Object> oneOf(
      RelyingParty party, OpaqueToken challenge, List<Passkey> known) {
    return request(party, challenge, known, "preferred");
  }

  private static Map<String, Object> request(
      RelyingParty party, OpaqueToken challenge, List<Passkey> known, String verification) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("challenge", challenge.text());
    options.put("timeout", LIFETIME.toMillis());
    options.put("rpId", party.id());
    options.put("allowCredentials", descriptors(known));
    options.put("userVerification", verification);
    return options;
  }

  private static List<Object> descriptors(List<Passkey> known) {
    List<Object> descriptors = new ArrayList<>();
    for (Passkey passkey : known) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("type", TYPE);
      members.put("id", base64(passkey.key().credential()));
      members.put("transports", List.copyOf(new TreeSet<>(passkey.transports())));
      descriptors.add(members);
    }
    return descriptors;
  }

  /// Bytes as they stand in JSON.
  public static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
