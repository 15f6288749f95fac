package dev.varve.face.auth;

import dev.varve.identity.account.Credentials;
import dev.varve.identity.account.Factor;
import dev.varve.identity.account.Factors;
import dev.varve.identity.account.Links;
import dev.varve.kernel.Json;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// With what an account can prove once more who it is.
///
/// A mail is for accounts that have nothing else of their own, such as those that always came by a provider which does not say when
/// somebody proved who they are. Whoever has a password, a second factor or a passkey proves that: whoever finds a browser open may find the
/// mailbox open too.
final class StepUpWays {
  private final AccountContext context;

  StepUpWays(AccountContext context) {
    this.context = context;
  }

  /// @param factors second factors, and passkeys; one of them is a must where the account asks for it when somebody signs in
  /// @param providers the names of those that can say that somebody is there right now
  record Ways(boolean password, Set<Factor> factors, List<String> providers, boolean mail) {}

  Route route() {
    return Endpoint.get(StepUp.PATH, "stepUpWays", "With what to prove once more who you are")
        .says(
            "Which of the ways to make the session fresh the account has: its `password`, `factors`, `providers` (`POST /auth/step-up/provider`), or, where there is nothing else, a `mail` (`POST /auth/step-up/mail`).")
        .asks(Route.Caller.ACCOUNT)
        .gives(
            200,
            List.of(
                Member.of("password", new Route.Type.Truth()),
                Member.of("factors", new Route.Type.Texts()),
                Member.of("providers", new Route.Type.Texts()),
                Member.of("mail", new Route.Type.Truth())))
        .answeredBy(this::answer);
  }

  /// `GET /auth/step-up`
  Answer answer(Request request) {
    Entity account = StepUp.requireOwn(request.caller());
    Ways ways = context.stages().database().lookup(rows -> of(rows, account));
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("password", ways.password());
    members.put("factors", ways.factors().stream().sorted().map(Factor::value).toList());
    members.put("providers", ways.providers());
    members.put("mail", ways.mail());
    return Answer.json(200, Json.bytes(json -> Json.write(json, members)));
  }

  Ways of(Session rows, Entity account) throws SQLException {
    Set<Factor> factors = Factors.provable(rows, account.id());
    if (!Factors.of(rows, account.id()).isEmpty()) {
      return new Ways(false, factors, List.of(), false);
    }
    boolean password = Credentials.hash(rows, account.id()).isPresent();
    List<String> providers =
        Links.of(rows, account.id()).stream()
            .map(Links.Link::provider)
            .distinct()
            .filter(this::asksAgain)
            .toList();
    boolean alone = !password && factors.isEmpty();
    return new Ways(password, factors, providers, alone && context.accounts().verified(account));
  }

  private boolean asksAgain(String provider) {
    return Optional.ofNullable(context.settings().providers().get(provider))
        .filter(settings -> settings.enabled() && settings.asksAgain())
        .isPresent();
  }
}
