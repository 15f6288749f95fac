package dev.varve.identity.passkey;

import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A new passkey, as a browser sends it (`RegistrationResponseJSON`; WebAuthn, section 7.1). Who made the authenticator is not asked
/// for, and what is told of that is not believed.
public final class NewPasskey {
  /// The algorithms of keys that are taken, the best first (COSE): EdDSA, ES256, RS256.
  public static final List<Long> ALGORITHMS = List.of(-8L, -7L, -257L);

  private static final List<PublicKeyCredentialParameters> PARAMETERS =
      ALGORITHMS.stream()
          .map(algorithm ->
              new PublicKeyCredentialParameters(
                  PublicKeyCredentialType.PUBLIC_KEY, COSEAlgorithmIdentifier.create(algorithm)))
          .toList();

  // whatever a browser makes of the word is passed on to it, in few words
  private static final Pattern TRANSPORT = Pattern.compile("[a-z0-9-]{1,20}");
  private static final int TRANSPORTS_MAX = 10;

  private final RegistrationData data;

  private NewPasskey(RegistrationData data) {
    this.data = data;
  }

  /// Reads one; nothing of it is proven yet.
  public static NewPasskey read(String json) throws PasskeyRefusal {
    RegistrationData data = Authenticators.read(json, Authenticators::registration);
    Authenticators.require(data.getCollectedClientData() != null);
    Authenticators.require(data.getAttestationObject() != null);
    return new NewPasskey(data);
  }

  /// The challenge that it says it answers.
  public String challenge() {
    return Authenticators.challenge(Objects.requireNonNull(data.getCollectedClientData()));
  }

  /// How a passkey comes to be made.
  public enum Manner {
    /// Somebody asked for it, who is signed in.
    ASKED,
    /// A browser makes it without asking, of a password that it has just filled in.
    CONDITIONAL,
    /// It is to be the only way into an account.
    ALONE
  }

  /// What it takes to be kept.
  ///
  /// @param id as Varve names it
  public record Owner(String id, String account, String name, Instant at) {}

  /// The passkey, when the answer holds.
  public Passkey verify(RelyingParty party, Manner manner, Owner owner) throws PasskeyRefusal {
    Authenticators.verify(() ->
        Authenticators.MANAGER.verify(
            data,
            new RegistrationParameters(
                Authenticators.expected(party, challenge()),
                PARAMETERS,
                manner == Manner.ALONE,
                manner != Manner.CONDITIONAL)));
    AuthenticatorData<?> said =
        Objects.requireNonNull(data.getAttestationObject()).getAuthenticatorData();
    AttestedCredentialData credential = Objects.requireNonNull(said.getAttestedCredentialData());
    boolean verifies = verifies(said, manner);
    return new Passkey(
        owner.id(),
        owner.account(),
        owner.name(),
        new Passkey.Key(
            credential.getCredentialId(),
            String.valueOf(credential.getAaguid()),
            Authenticators.bytes(credential.getCOSEKey())),
        said.getSignCount(),
        new Passkey.Backup(said.isFlagBE(), said.isFlagBS()),
        verifies,
        !verifies,
        transports(),
        owner.at(),
        Optional.empty());
  }

  /// One that is made without asking comes from a keeper of passwords, into which its owner has signed in: those ask who it is when
  /// the passkey is used, and cannot while it is made.
  private static boolean verifies(AuthenticatorData<?> said, Manner manner) {
    return said.isFlagUV() || (manner == Manner.CONDITIONAL && said.isFlagBE());
  }

  private Set<String> transports() {
    return data.getTransports() == null
        ? Set.of()
        : data.getTransports().stream()
            .map(transport -> String.valueOf(transport.getValue()))
            .filter(TRANSPORT.asMatchPredicate())
            .limit(TRANSPORTS_MAX)
            .collect(Collectors.toSet());
  }
}
