package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.Endpoint;
import dev.varve.face.auth.Languages;
import dev.varve.face.auth.Texts;
import dev.varve.face.oauth.FlowPages;
import dev.varve.face.oauth.Navigation;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SingleUse.Kind;
import dev.varve.identity.provider.IdentityProvider;
import dev.varve.identity.provider.IdentityProviders;
import dev.varve.identity.provider.ProviderFailed;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `GET /auth/providers/{name}/start`: a browser sets out for a provider.
final class Departure {
  private static final Logger LOG = LoggerFactory.getLogger(Departure.class);
  private static final String PATTERN = "/auth/providers/{name}/start";
  private static final String PROMPT = "prompt";
  private static final String LOGIN = "login";
  private static final int TOKEN_LENGTH_MAX = 200;

  private final AccountContext context;
  private final IdentityProviders providers;
  private final Trips trips;
  private final Goal.Reader goals;
  private final SecureRandom random;

  Departure(
      AccountContext context,
      IdentityProviders providers,
      Trips trips,
      Goal.Reader goals,
      SecureRandom random) {
    this.context = context;
    this.providers = providers;
    this.trips = trips;
    this.goals = goals;
    this.random = random;
  }

  /// What an account has begun in its session.
  enum Begun {
    LINK("link", Kind.PROVIDER_LINK),
    PROOF("proof", Kind.PROVIDER_PROOF);

    private final String parameter;
    private final Kind kind;

    Begun(String parameter, Kind kind) {
      this.parameter = parameter;
      this.kind = kind;
    }

    Kind kind() {
      return kind;
    }

    /// The path to which a browser is sent for it.
    String path(String provider, OpaqueToken token) {
      return Departure.path(provider) + "?" + parameter + "=" + token.text();
    }
  }

  static String path(String provider) {
    return PATTERN.replace("{name}", provider);
  }

  Route route() {
    return Endpoint.get(PATTERN, "startProvider", "Send the browser to a provider")
        .says(
            "For a page of the application, which sends the browser here. It comes back to `returnTo` with a `code`, or an `error`.")
        .shows(
            Stream.concat(Goal.MEMBERS.stream(), Stream.of(Member.text(PROMPT).optional()))
                .toArray(Member[]::new))
        .answeredBy(Navigation.alone(this::start));
  }

  Answer start(Request request) {
    Optional<IdentityProvider> provider = providers.find(request.variable("name"));
    if (provider.isEmpty()) {
      return FlowPages.says(404, Texts.of(request), "provider.unknown");
    }
    try {
      Optional<Errand> errand = errand(request, provider.get());
      return errand.isEmpty()
          ? FlowPages.says(400, Texts.of(request), "expired")
          : Answer.later(Languages.kept(() -> go(request, provider.get(), errand.get())));
    } catch (Problem problem) {
      return FlowPages.refuses(request, problem);
    }
  }

  /// What the browser goes there for; nothing when what it brings for that is used up.
  private Optional<Errand> errand(Request request, IdentityProvider provider) {
    QueryString query = request.query();
    for (Begun begun : Begun.values()) {
      Optional<String> token = query.value(begun.parameter);
      if (token.isPresent()) {
        return begun(AccountContext.source(request), provider, begun.kind, token.get());
      }
    }
    Goal goal =
        query.value("flow").isPresent()
            ? Goal.Reader.flow(query)
                .orElseThrow(() -> Problem.parameter("flow", "It is not the id of a flow."))
            : page(query);
    return Optional.of(new Errand(provider.name(), goal, new Errand.SignIn(), again(query)));
  }

  /// As a client of OpenID Connect asks for it (OpenID Connect Core 1.0, section 3.1.2.1).
  private static boolean again(QueryString query) {
    Optional<String> prompt = query.value(PROMPT);
    if (prompt.filter(value -> !value.equals(LOGIN)).isPresent()) {
      throw Problem.parameter(PROMPT, "It can be 'login' alone.");
    }
    return prompt.isPresent();
  }

  private Optional<Errand> begun(
      RequestSource source, IdentityProvider provider, Kind kind, String token) {
    if (token.length() > TOKEN_LENGTH_MAX) {
      return Optional.empty();
    }
    return context
        .write(source, write -> trips.used(write, kind, token))
        .map(Errand::read)
        .filter(errand -> errand.provider().equals(provider.name()));
  }

  private Goal page(QueryString query) {
    List<FieldError> errors = new ArrayList<>();
    Goal goal =
        goals.page(
            query.value("returnTo").orElse(""),
            query.value("challenge").orElse(""),
            query.value("state"),
            (name, message) -> errors.add(new FieldError(name, message)));
    if (!errors.isEmpty()) {
      throw Problem.parameter(errors.getFirst().field(), "It " + errors.getFirst().message() + ".");
    }
    return goal;
  }

  private Answer go(Request request, IdentityProvider provider, Errand errand) {
    Optional<String> known = BrowserCookies.BROWSER.of(request);
    OpaqueToken browser = known.map(OpaqueToken::new).orElseGet(() -> OpaqueToken.random(random));
    RequestSource source = AccountContext.source(request);
    OpaqueToken state = trips.issue(source, Kind.PROVIDER_TRIP, errand.members(), browser.text());
    try {
      URI there =
          provider.authorization(
              trips.trip(provider, state.text(), browser.text(), errand.again()));
      Answer answer = Answer.empty(302).with("Location", there.toASCIIString());
      return known.isPresent() ? answer : BrowserCookies.BROWSER.given(answer, request, browser);
    } catch (ProviderFailed failed) {
      LOG.warn("Nobody gets to the provider {}: {}", provider.name(), failed.getMessage());
      return Answer.empty(302)
          .with("Location", errand.goal().address(Map.of("error", Refusal.of(failed).code())));
    }
  }
}
