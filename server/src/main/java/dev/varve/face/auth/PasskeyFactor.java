package dev.varve.face.auth;

import dev.varve.identity.account.Factor;
import dev.varve.identity.account.FirstProof;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.passkey.Assertion;
import dev.varve.identity.passkey.Ceremony;
import dev.varve.identity.passkey.Passkey;
import dev.varve.identity.passkey.PasskeyOptions;
import dev.varve.identity.passkey.PasskeyRefusal;
import dev.varve.identity.passkey.Passkeys;
import dev.varve.identity.passkey.RelyingParty;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A passkey as a second factor: to have it is enough, whether it makes sure who uses it or not.
public final class PasskeyFactor implements FactorProof {

  private final AccountContext context;
  private final PasskeyCeremonies ceremonies;
  private final PasskeyProof proof;

  PasskeyFactor(AccountContext context, PasskeyCeremonies ceremonies, PasskeyProof proof) {
    this.context = context;
    this.ceremonies = ceremonies;
    this.proof = proof;
  }

  @Override
  public Factor factor() {
    return Factor.PASSKEY;
  }

  @Override
  public List<Member> members() {
    return List.of(Member.of(PasskeyProof.CREDENTIAL, new Route.Type.AnyObject()).optional());
  }

  @Override
  public Problem wrong() {
    return new Problem(
        ErrorCode.UNAUTHENTICATED,
        "The passkey is not good here: it is none of this account, or its challenge was used or has expired. Ask for other options");
  }

  /// What a browser is asked for, of an account that has proven something already.
  ///
  /// @param kept where that stands
  /// @throws Problem UNAUTHENTICATED when it is not good any more
  public Map<String, Object> options(SecondFactor.Kept kept, RequestSource source) {
    RelyingParty party = ceremonies.party();
    return context
        .write(source, write -> options(write, party, kept))
        .orElseThrow(SecondFactor::gone);
  }

  private Optional<Map<String, Object>> options(
      WriteContext write, RelyingParty party, SecondFactor.Kept kept) throws SQLException {
    Optional<FirstProof> first = kept.find(write);
    if (first.isEmpty() || !first.get().holds(write, context.accounts())) {
      return Optional.empty();
    }
    return Optional.of(options(write, party, first.get().account()));
  }

  /// What a browser is asked for, of an account that is signed in and proves once more who it is.
  Map<String, Object> options(Entity account, RequestSource source) {
    RelyingParty party = ceremonies.party();
    return context.write(source, account.id(), write -> options(write, party, account.id()));
  }

  private Map<String, Object> options(WriteContext write, RelyingParty party, String account)
      throws SQLException {
    OpaqueToken challenge = ceremonies.begin(write, ceremony(account));
    return PasskeyOptions.oneOf(party, challenge, Passkeys.of(write.session(), account));
  }

  private static Ceremony ceremony(String account) {
    return Ceremony.of(Ceremony.Purpose.FACTOR, "", account);
  }

  /// An answer, and the passkey against which it was verified.
  private record Verified(Passkey passkey, Assertion.Proven proven) {}

  @Override
  public Judge judge(Map<String, ?> given) {
    Assertion assertion =
        PasskeyProof.read(JsonBody.objectText(given.get(PasskeyProof.CREDENTIAL)));
    Optional<Verified> verified = verify(assertion);
    return (write, account, source) -> isGood(write, account, assertion, verified, source);
  }

  private Optional<Verified> verify(Assertion assertion) {
    Optional<Passkey> passkey =
        context.stages().database().lookup(rows -> Passkeys.find(rows, assertion.credential()));
    if (passkey.isEmpty()) {
      return Optional.empty();
    }
    try {
      Assertion.Proven proven = assertion.verify(passkey.get(), ceremonies.party(), false);
      return Optional.of(new Verified(passkey.get(), proven));
    } catch (PasskeyRefusal _) {
      return Optional.empty();
    }
  }

  private boolean isGood(
      WriteContext write,
      Entity account,
      Assertion assertion,
      Optional<Verified> verified,
      RequestSource source)
      throws SQLException {
    Optional<Ceremony> ceremony = ceremonies.use(write, assertion.challenge());
    if (ceremony.filter(ceremony(account.id())::equals).isEmpty() || verified.isEmpty()) {
      return false;
    }
    Optional<Passkey> passkey =
        Passkeys.find(write.session(), assertion.credential())
            .filter(found -> found.id().equals(verified.get().passkey().id()))
            .filter(found -> found.account().equals(account.id()));
    if (passkey.isEmpty() || namesAnother(write, account, assertion)) {
      return false;
    }
    Assertion.Proven proven = verified.get().proven();
    if (!proven.goesOnFrom(passkey.get().counter())) {
      proof.copied(write, account, passkey.get(), proven, source);
      return false;
    }
    // what was proven before vouches for whoever has set a PIN since (WebAuthn, section 7.2, step
    // 24)
    Passkeys.used(write, passkey.get(), proven, passkey.get().verifies() || proven.userVerified());
    return true;
  }

  /// With a list of passkeys to choose from an authenticator need not tell whose one is.
  private static boolean namesAnother(WriteContext write, Entity account, Assertion assertion)
      throws SQLException {
    Optional<byte[]> own = Passkeys.handle(write.session(), account.id());
    return assertion.handle().isPresent()
        && (own.isEmpty() || !Arrays.equals(own.get(), assertion.handle().get()));
  }
}
