package dev.varve.identity.passkey;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.attestation.authenticator.COSEKey;
import com.webauthn4j.data.client.CollectedClientData;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.BadBackupEligibleFlagException;
import com.webauthn4j.verifier.exception.BadOriginException;
import com.webauthn4j.verifier.exception.BadRpIdException;
import com.webauthn4j.verifier.exception.BadSignatureException;
import com.webauthn4j.verifier.exception.BadTopOriginException;
import com.webauthn4j.verifier.exception.CredentialIdTooLongException;
import com.webauthn4j.verifier.exception.IllegalBackupStateException;
import com.webauthn4j.verifier.exception.InconsistentClientDataTypeException;
import com.webauthn4j.verifier.exception.NotAllowedAlgorithmException;
import com.webauthn4j.verifier.exception.UserNotPresentException;
import com.webauthn4j.verifier.exception.UserNotVerifiedException;
import com.webauthn4j.verifier.exception.VerificationException;
import java.util.Base64;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The library that reads and verifies what authenticators say, and its refusals in our words.
final class Authenticators {
  static final WebAuthnManager MANAGER = manager();

  private static final ObjectConverter CONVERTER = new ObjectConverter();

  private Authenticators() {}

  private static WebAuthnManager manager() {
    WebAuthnManager manager = WebAuthnManager.createNonStrictWebAuthnManager();
    // whether a counter goes on is decided where it is written
    manager.getAuthenticationDataVerifier().setMaliciousCounterValueHandler(_ -> {});
    return manager;
  }

  static RegistrationData registration(String json) {
    return MANAGER.parseRegistrationResponseJSON(json);
  }

  static AuthenticationData authentication(String json) {
    return MANAGER.parseAuthenticationResponseJSON(json);
  }

  /// Reads what anybody may have written.
  static <T> T read(String json, Function<String, T> reader) throws PasskeyRefusal {
    try {
      return reader.apply(json);
    } catch (RuntimeException e) {
      // JSON, CBOR, keys and certificates, and whatever the library throws of each
      throw unreadable();
    }
  }

  static void require(boolean readable) throws PasskeyRefusal {
    if (!readable) {
      throw unreadable();
    }
  }

  private static PasskeyRefusal unreadable() {
    return new PasskeyRefusal(
        "is not what a browser answers: send the JSON of the credential, as its toJSON() makes it");
  }

  /// The text of a challenge, as it was handed out.
  static String challenge(CollectedClientData data) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(data.getChallenge().getValue());
  }

  /// What an answer has to say. No page in a frame of another site may ask, since none is named.
  static ServerProperty expected(RelyingParty party, String challenge) {
    return ServerProperty.builder()
        .origins(party.origins().stream().map(Origin::create).collect(Collectors.toSet()))
        .rpId(party.id())
        .challenge(new DefaultChallenge(challenge))
        .build();
  }

  static void verify(Runnable verification) throws PasskeyRefusal {
    try {
      verification.run();
    } catch (VerificationException refused) {
      throw new PasskeyRefusal(words(refused));
    } catch (RuntimeException e) {
      // keys that are on no curve, and whatever else only shows when it is used
      throw unreadable();
    }
  }

  /// The library's own texts hold challenges.
  private static String words(VerificationException refused) {
    return switch (refused) {
      case BadOriginException _ ->
          "was made on a page whose origin is not taken here: whoever runs this service can add it to auth.passkeys.origins";
      case BadTopOriginException _ ->
          "was made in a frame of another site: open the page by itself";
      case BadRpIdException _ -> "is for another site";
      case InconsistentClientDataTypeException _ ->
          "is the answer to something else: a passkey is either made or used";
      case UserNotPresentException _ -> "was made without anybody touching the device: try again";
      case UserNotVerifiedException _ ->
          "was used without the device making sure that it is you, by a PIN, a finger or a face: try again, and set one up if the device has none";
      case NotAllowedAlgorithmException _ ->
          "has a key of a kind that was not asked for: make it with the options that were given";
      case CredentialIdTooLongException _ -> "has an id of more than 1,023 bytes";
      case IllegalBackupStateException _, BadBackupEligibleFlagException _ ->
          "contradicts itself: it says that it is on many devices and may not be";
      case BadSignatureException _ -> "is not signed by the passkey that it names";
      default -> "does not hold: make or use the passkey with the options that were given, once";
    };
  }

  static byte[] bytes(COSEKey key) {
    return CONVERTER.getCborMapper().writeValueAsBytes(key);
  }

  static COSEKey publicKey(byte[] bytes) {
    return Objects.requireNonNull(CONVERTER.getCborMapper().readValue(bytes, COSEKey.class));
  }
}
