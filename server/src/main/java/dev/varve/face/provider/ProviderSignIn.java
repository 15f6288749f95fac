package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.Accounts;
import dev.varve.face.auth.Endpoint;
import dev.varve.face.auth.PasswordSignIn;
import dev.varve.face.oauth.Navigation;
import dev.varve.face.oauth.SignInElsewhere;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.provider.IdentityProvider;
import dev.varve.identity.provider.IdentityProviders;
import dev.varve.kernel.Json;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Handler;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Signing in through others: every endpoint under `/auth/providers` and `/auth/links`, and the way from the pages of a flow to a
/// provider. Where no provider is known, there is none of it.
public final class ProviderSignIn implements SignInElsewhere {
  private static final List<Member> OFFERED =
      List.of(Member.text("name"), Member.text("title"), Member.text("start"));

  private final Accounts accounts;
  private final AccountContext context;
  private final IdentityProviders providers;
  private final Supplier<Optional<String>> origin;
  private final Trips trips;
  private final Redemption redemption;

  /// @param origin where this server is reached, as providers and browsers know it
  public ProviderSignIn(
      Accounts accounts, IdentityProviders providers, Supplier<Optional<String>> origin) {
    this.accounts = accounts;
    this.context = accounts.context();
    this.providers = providers;
    this.origin = origin;
    this.trips = new Trips(context, origin);
    this.redemption = new Redemption(context, providers, trips);
  }

  /// The links of accounts, where there are providers.
  public Optional<LinkFlows> links() {
    return providers.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new LinkFlows(
                context, accounts.stepUp(), ownTrips(), new LinkNews(context, providers)));
  }

  private AccountTrips ownTrips() {
    return new AccountTrips(providers, trips, redemption, goals(), origin);
  }

  private Goal.Reader goals() {
    return new Goal.Reader(this::returnOrigins);
  }

  /// Those that people may link their account to.
  public List<IdentityProvider> offered() {
    return List.copyOf(providers.all());
  }

  public List<Route> routes() {
    if (providers.isEmpty()) {
      return List.of();
    }
    LinkNews news = new LinkNews(context, providers);
    Arrivals arrivals = new Arrivals(context, trips, new NewAccount(context), news);
    MissingFieldsPage signUp = new MissingFieldsPage(context, providers, trips, arrivals, news);
    Callback callback = new Callback(providers, trips, arrivals, signUp);
    Departure departure = new Departure(context, providers, trips, goals(), new SecureRandom());
    List<Route> routes = new ArrayList<>();
    routes.add(listing());
    routes.add(departure.route());
    routes.add(page("GET", Trips.PATH, callback::get));
    routes.add(page("POST", Trips.PATH, callback::post));
    routes.add(page("POST", MissingFieldsPage.PATTERN, signUp::post));
    routes.add(new ExchangeEndpoint(redemption, accounts.tokenSession()).route());
    routes.addAll(links().orElseThrow().routes());
    routes.add(new LinkTokens(context, accounts.stepUp(), providers).route());
    routes.addAll(new ProofFlows(context, accounts.stepUp(), ownTrips(), redemption).routes());
    return routes;
  }

  /// Browsers alone come there; they are no part of the description of the API.
  private static Route page(String method, String path, Handler handler) {
    return Route.unlisted(method, path, Navigation.alone(handler));
  }

  /// Of this server itself, and those that the settings name.
  private Set<String> returnOrigins() {
    Set<String> origins = new HashSet<>(context.settings().returnOrigins());
    origin.get().ifPresent(origins::add);
    return origins;
  }

  private Route listing() {
    return Endpoint.get("/auth/providers", "listProviders", "Which providers sign people in")
        .says("In the order of their names. `start` is where a page sends the browser.")
        .gives(200, List.of(Member.of("items", new Route.Type.Objects(OFFERED))))
        .answeredBy(this::list);
  }

  /// `GET /auth/providers`
  Answer list(Request request) {
    List<Object> items = providers.all().stream().map(ProviderSignIn::json).toList();
    return Answer.json(200, Json.bytes(json -> Json.write(json, Map.of("items", items))));
  }

  private static Object json(IdentityProvider provider) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", provider.name());
    members.put("title", provider.title());
    members.put("start", Departure.path(provider.name()));
    return members;
  }

  @Override
  public List<Place> places(String flow, boolean again) {
    String query = "?flow=" + flow + (again ? "&prompt=login" : "");
    return providers.all().stream()
        .map(provider -> new Place(provider.title(), Departure.path(provider.name()) + query))
        .toList();
  }

  @Override
  public <T> T signIn(
      Return back, RequestSource source, SessionUse use, PasswordSignIn.Then<T> then) {
    return redemption.signIn(
        back.code(),
        source,
        content ->
            Goal.read(content).equals(new Goal.Flow(back.flow()))
                && Trips.isOf(content, back.browser()),
        use,
        then);
  }
}
