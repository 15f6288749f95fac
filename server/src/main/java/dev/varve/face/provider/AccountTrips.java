package dev.varve.face.provider;

import dev.varve.face.auth.JsonBody;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SingleUse.Kind;
import dev.varve.identity.provider.IdentityProvider;
import dev.varve.identity.provider.IdentityProviders;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route.Member;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Trips to a provider that an account sets out on in its session, whatever for: a page says to which one and where it comes back, sends
/// the browser to the address that it is given, and brings the code that came back.
final class AccountTrips {
  static final String PROVIDER = "provider";
  static final List<Member> WANTED =
      Stream.concat(Stream.of(Member.text(PROVIDER)), Goal.MEMBERS.stream()).toList();
  static final List<Member> LEADS = List.of(Member.text("url"));

  private final IdentityProviders providers;
  private final Trips trips;
  private final Redemption redemption;
  private final Goal.Reader goals;
  private final Supplier<Optional<String>> origin;

  /// @param origin where this server is reached, as browsers know it
  AccountTrips(
      IdentityProviders providers,
      Trips trips,
      Redemption redemption,
      Goal.Reader goals,
      Supplier<Optional<String>> origin) {
    this.providers = providers;
    this.trips = trips;
    this.redemption = redemption;
    this.goals = goals;
    this.origin = origin;
  }

  /// Where somebody is to go, and where they come back.
  record Wish(IdentityProvider provider, Goal goal) {}

  /// @param wrong what speaks against a provider, as the rest of a sentence that begins with its member
  /// @throws Problem VALIDATION_ERROR with everything that is wrong
  Wish wish(Request request, Function<IdentityProvider, Optional<String>> wrong) {
    JsonBody body = JsonBody.of(request, WANTED);
    String name = body.token(PROVIDER);
    Optional<IdentityProvider> provider = providers.find(name);
    if (provider.isEmpty() && !name.isEmpty()) {
      body.wrong(PROVIDER, unknown(name));
    }
    provider.flatMap(wrong).ifPresent(message -> body.wrong(PROVIDER, message));
    Goal goal =
        goals.page(
            body.address("returnTo"),
            body.token("challenge"),
            body.optionalAddress("state"),
            body::wrong);
    body.check();
    return new Wish(provider.orElseThrow(), goal);
  }

  /// The same for a page of this server.
  ///
  /// @param path of the page to which the browser comes back
  /// @param verifier what only whoever has that page knows
  Wish wish(String provider, String path, String verifier) {
    IdentityProvider known =
        providers.find(provider).orElseThrow(() -> Problem.invalid(PROVIDER, unknown(provider)));
    Goal goal = new Goal.Page(here() + path, PageProof.challenge(verifier), Optional.empty());
    return new Wish(known, goal);
  }

  private static String unknown(String provider) {
    return "is '%s', which signs nobody in here".formatted(provider);
  }

  private String here() {
    return origin.get().orElse("");
  }

  /// @return the address to which the page sends the browser
  String begin(WriteContext write, Departure.Begun begun, Errand errand) throws SQLException {
    OpaqueToken token = trips.issue(write, begun.kind(), errand.members());
    return here() + begun.path(errand.provider(), token);
  }

  static Answer leads(String url) {
    return Answer.json(200, Json.bytes(json -> Json.write(json, Map.of("url", url))));
  }

  /// What a page brings of which the browser came back.
  record Brought(String code, String verifier) {
    static Brought of(Request request) {
      JsonBody body = JsonBody.of(request, ExchangeEndpoint.PROOF);
      Brought brought = new Brought(body.token("code"), body.token("verifier"));
      body.check();
      return brought;
    }

    /// Neither is for logs.
    @Override
    public String toString() {
      return "Brought[...]";
    }
  }

  /// What stands behind that, which is of no more use afterwards.
  ///
  /// @throws Problem UNAUTHENTICATED when it is not good, or of another session
  Map<String, Object> cameBack(Kind kind, Brought brought, Caller caller, RequestSource source) {
    return redemption.use(kind, brought.code(), source, caller, brought.verifier());
  }

  /// What people know a provider as that signs people in here.
  String title(String provider) {
    return providers.find(provider).orElseThrow().title();
  }
}
