package dev.varve.face.auth;

import dev.varve.identity.account.Credentials;
import dev.varve.identity.account.Passwords;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SessionIssuer;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.account.SignInMethod;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.lane.write.WriterTask;
import dev.varve.schema.EmailAddress;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/// Signing in with an e-mail address and a password, whatever the session is for.
public final class PasswordSignIn {
  static final String WAY = "sign-in";
  private static final String WRONG =
      "The e-mail address or the password is wrong, or the address has not been confirmed yet";

  private final AccountContext context;
  private final PasswordProof proof;

  PasswordSignIn(AccountContext context, PasswordProof proof) {
    this.context = context;
    this.proof = proof;
  }

  /// What follows in the unit that opened the session, or refused it.
  @FunctionalInterface
  public interface Then<T> {
    T of(WriteContext write, Outcome outcome) throws SQLException;
  }

  /// Opens a session, durably when this returns.
  ///
  /// @throws Problem UNAUTHENTICATED when the password is wrong or there is no such account, TOO_MANY_REQUESTS, or OVERLOADED
  public <T> T signIn(
      String email, String password, RequestSource source, SessionUse use, Then<T> then) {
    if (password.isEmpty()
        || password.length() > Passwords.TEXT_LENGTH_MAX
        || email.length() > EmailAddress.LENGTH_MAX) {
      throw wrong();
    }
    return proof
        .prove(
            email,
            password,
            source,
            WAY,
            proven -> {
              WriterTask<Outcome> opening = opening(proven, password, use, source);
              return write -> then.of(write, opening.run(write));
            })
        .orElseThrow(PasswordSignIn::wrong);
  }

  private static Problem wrong() {
    return new Problem(ErrorCode.UNAUTHENTICATED, WRONG);
  }

  private WriterTask<Outcome> opening(
      PasswordProof.Proven proven, String password, SessionUse use, RequestSource source) {
    Optional<String> newHash =
        context.passwords().needsRehash(proven.hash())
            ? Optional.of(context.passwords().hash(password))
            : Optional.empty();
    return write -> open(write, proven, newHash, use, source);
  }

  private Outcome open(
      WriteContext write,
      PasswordProof.Proven proven,
      Optional<String> newHash,
      SessionUse use,
      RequestSource source)
      throws SQLException {
    String id = proven.account().id();
    Optional<Entity> account = write.find(context.accounts().model(), id);
    if (account.isEmpty() || !proven.opens(account.get(), write)) {
      // deleted, or another password, since it was looked up
      return new Outcome.Refused(wrong());
    }
    Outcome outcome =
        context
            .issuer()
            .open(
                write,
                account.get(),
                new SessionIssuer.Proof(WAY, Set.of(SignInMethod.PASSWORD), write.at()),
                use,
                source);
    if (!(outcome instanceof Outcome.Refused) && newHash.isPresent()) {
      Credentials.rehash(write, id, newHash.get());
    }
    return outcome;
  }
}
