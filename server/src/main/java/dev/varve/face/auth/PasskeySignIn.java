package dev.varve.face.auth;

import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SessionIssuer.Proof;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.account.SignInMethod;
import dev.varve.identity.passkey.Ceremony;
import dev.varve.identity.passkey.PasskeyOptions;
import dev.varve.identity.passkey.RelyingParty;
import dev.varve.identity.token.OpaqueToken;
import java.util.Map;
import java.util.Set;

/// Signing in with a passkey and nothing else, whatever the session is for. The authenticator makes sure who it is, so it counts as
/// two factors: somebody has it, and knows its PIN or is who it knows.
public final class PasskeySignIn {
  static final String WAY = "passkey";

  private final AccountContext context;
  private final PasskeyCeremonies ceremonies;
  private final PasskeyProof proof;

  PasskeySignIn(AccountContext context, PasskeyCeremonies ceremonies, PasskeyProof proof) {
    this.context = context;
    this.ceremonies = ceremonies;
    this.proof = proof;
  }

  /// What a browser is asked for. It is the same for everybody: nobody has said who they are.
  ///
  /// @param bound what the sign-in belongs to, such as a flow; empty when that is nothing
  public Map<String, Object> options(RequestSource source, String bound) {
    RelyingParty party = ceremonies.party();
    OpaqueToken challenge =
        context.write(source, write -> ceremonies.begin(write, ceremony(bound)));
    return PasskeyOptions.discovery(party, challenge);
  }

  private static Ceremony ceremony(String bound) {
    return Ceremony.ofNobody(Ceremony.Purpose.SIGN_IN, bound);
  }

  /// Opens a session, durably when this returns.
  ///
  /// @param json what the browser answers
  /// @throws dev.varve.kernel.Problem UNAUTHENTICATED when it proves nothing, TOO_MANY_REQUESTS, or VALIDATION_ERROR
  public <T> T signIn(
      String json,
      String bound,
      RequestSource source,
      SessionUse use,
      PasswordSignIn.Then<T> then) {
    return proof.prove(
        json,
        ceremony(bound),
        source,
        WAY,
        (write, account) ->
            then.of(
                write,
                context
                    .issuer()
                    .open(
                        write,
                        account,
                        new Proof(
                            WAY,
                            Set.of(SignInMethod.PASSKEY, SignInMethod.VERIFIED_USER),
                            write.at()),
                        use,
                        source)));
  }
}
