package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.PasswordSignIn;
import dev.varve.identity.account.Links;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SessionIssuer;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.account.SignInMethod;
import dev.varve.identity.account.SingleUse.Kind;
import dev.varve.identity.provider.IdentityProviders;
import dev.varve.identity.provider.Somebody;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Opens a session for the code of somebody who is back from a provider. What was true when they came back must still be: the provider
/// signs people in, and the link is there.
final class Redemption {
  static final String WAY = "provider";
  private static final String WRONG =
      "The code is not good: it was used, has expired, or is another's. Sign in again";
  private static final int TOKEN_LENGTH_MAX = 200;

  private final AccountContext context;
  private final IdentityProviders providers;
  private final Trips trips;

  Redemption(AccountContext context, IdentityProviders providers, Trips trips) {
    this.context = context;
    this.providers = providers;
    this.trips = trips;
  }

  static Problem wrong() {
    return new Problem(ErrorCode.UNAUTHENTICATED, WRONG);
  }

  /// What stands behind a code, which is of no more use afterwards, whatever becomes of it.
  ///
  /// @param theirs whether whoever brings it is whom it was for
  /// @throws Problem UNAUTHENTICATED when it is not good
  Map<String, Object> use(
      Kind kind, String code, RequestSource source, Predicate<Map<String, Object>> theirs) {
    if (code.length() > TOKEN_LENGTH_MAX) {
      throw wrong();
    }
    return context
        .write(source, write -> trips.used(write, kind, code))
        .filter(theirs)
        .filter(content -> providers.find(Errand.read(content).provider()).isPresent())
        .orElseThrow(Redemption::wrong);
  }

  /// The same of what an account has begun in its session, brought by the page that sent the browser.
  Map<String, Object> use(
      Kind kind, String code, RequestSource source, Caller caller, String verifier) {
    String account = AccountContext.requireAccount(caller).id();
    String session = caller.session().orElse("");
    return use(
        kind,
        code,
        source,
        found ->
            PageProof.fits(found, verifier) && Errand.read(found).purpose().isOf(account, session));
  }

  /// Opens a session, or finds out why there is none; durably when this returns.
  ///
  /// @throws Problem UNAUTHENTICATED when the code is not good
  <T> T signIn(
      String code,
      RequestSource source,
      Predicate<Map<String, Object>> theirs,
      SessionUse use,
      PasswordSignIn.Then<T> then) {
    Map<String, Object> content = use(Kind.PROVIDER_CODE, code, source, theirs);
    String account = String.valueOf(content.get("account"));
    return context.write(
        source, account, write -> then.of(write, open(write, content, account, use, source)));
  }

  /// What is kept from now on of what a provider gave.
  Optional<String> kept(Somebody somebody, Links.Link link) {
    return providers
        .find(somebody.provider())
        .flatMap(provider -> provider.tokens(somebody, link.tokens()));
  }

  private Outcome open(
      WriteContext write,
      Map<String, Object> content,
      String id,
      SessionUse use,
      RequestSource source)
      throws SQLException {
    Somebody somebody = Identity.read(content);
    Optional<Links.Link> link =
        Links.find(write.session(), somebody).filter(found -> found.account().equals(id));
    Optional<Entity> account = write.find(context.accounts().model(), id);
    if (link.isEmpty() || account.isEmpty()) {
      throw wrong();
    }
    Links.used(write, link.get().id(), kept(somebody, link.get()));
    return context
        .issuer()
        .open(
            write,
            account.get(),
            new SessionIssuer.Proof(
                WAY,
                Set.of(SignInMethod.PROVIDER),
                somebody.provenAt(),
                write.at(),
                Optional.of(link.get().id()),
                Optional.empty()),
            use,
            source);
  }
}
