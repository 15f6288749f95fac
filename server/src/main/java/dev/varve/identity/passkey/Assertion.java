package dev.varve.identity.passkey;

import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.attestation.authenticator.AAGUID;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.extension.authenticator.AuthenticationExtensionsAuthenticatorOutputs;
import com.webauthn4j.data.extension.client.AuthenticationExtensionsClientOutputs;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A proof that somebody has a passkey, as a browser sends it (`AuthenticationResponseJSON`; WebAuthn, section 7.2).
public final class Assertion {
  private final AuthenticationData data;

  private Assertion(AuthenticationData data) {
    this.data = data;
  }

  /// Reads one; nothing of it is proven yet.
  public static Assertion read(String json) throws PasskeyRefusal {
    AuthenticationData data = Authenticators.read(json, Authenticators::authentication);
    Authenticators.require(data.getCollectedClientData() != null);
    Authenticators.require(data.getAuthenticatorData() != null);
    Authenticators.require(data.getCredentialId() != null && data.getSignature() != null);
    return new Assertion(data);
  }

  /// The challenge that it says it answers.
  public String challenge() {
    return Authenticators.challenge(Objects.requireNonNull(data.getCollectedClientData()));
  }

  /// Which passkey it says it is of.
  public byte[] credential() {
    return data.getCredentialId();
  }

  /// The name of the account that the authenticator knows, if it tells one.
  public Optional<byte[]> handle() {
    return Optional.ofNullable(data.getUserHandle());
  }

  /// What it proves.
  ///
  /// @param userVerified whether the authenticator has made sure who it was
  /// @param counter of its uses
  /// @param backedUp whether the passkey is on other devices by now
  public record Proven(boolean userVerified, long counter, boolean backedUp) {
    /// Whether the counter went on from where it was. If not, there may be two of the passkey (section 7.2, step 22).
    public boolean goesOnFrom(long before) {
      return counter > before || (counter == 0 && before == 0);
    }
  }

  /// What it proves of a passkey. Whether the counter has gone on is not looked at: it may have moved meanwhile.
  ///
  /// @param mustVerify whether the authenticator has to have made sure who it was
  public Proven verify(Passkey passkey, RelyingParty party, boolean mustVerify)
      throws PasskeyRefusal {
    Authenticators.verify(() ->
        Authenticators.MANAGER.verify(
            data,
            new AuthenticationParameters(
                Authenticators.expected(party, challenge()),
                credentialRecord(passkey),
                List.of(passkey.key().credential()),
                mustVerify,
                true)));
    AuthenticatorData<?> said = Objects.requireNonNull(data.getAuthenticatorData());
    return new Proven(said.isFlagUV(), said.getSignCount(), said.isFlagBS());
  }

  private static CredentialRecordImpl credentialRecord(Passkey passkey) {
    return new CredentialRecordImpl(
        new NoneAttestationStatement(),
        passkey.verifies(),
        passkey.backup().eligible(),
        passkey.backup().done(),
        passkey.counter(),
        new AttestedCredentialData(
            new AAGUID(passkey.key().aaguid()),
            passkey.key().credential(),
            Authenticators.publicKey(passkey.key().publicKey())),
        new AuthenticationExtensionsAuthenticatorOutputs<>(),
        null,
        new AuthenticationExtensionsClientOutputs<>(),
        null);
  }
}
