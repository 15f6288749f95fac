package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.Languages;
import dev.varve.face.auth.Texts;
import dev.varve.face.oauth.FlowPages;
import dev.varve.face.oauth.Navigation;
import dev.varve.face.provider.Arrivals.Arrived;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SingleUse.Kind;
import dev.varve.identity.provider.IdentityProvider;
import dev.varve.identity.provider.IdentityProviders;
import dev.varve.identity.provider.ProviderFailed;
import dev.varve.identity.provider.Somebody;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/auth/providers/{name}/callback`: a provider sends a browser back. Its trip is used up before anybody looks at what it brings.
final class Callback {
  private static final Logger LOG = LoggerFactory.getLogger(Callback.class);
  private static final int STATE_LENGTH_MAX = 200;

  private final IdentityProviders providers;
  private final Trips trips;
  private final Arrivals arrivals;
  private final MissingFieldsPage signUp;

  Callback(IdentityProviders providers, Trips trips, Arrivals arrivals, MissingFieldsPage signUp) {
    this.providers = providers;
    this.trips = trips;
    this.arrivals = arrivals;
    this.signUp = signUp;
  }

  /// By a form of the provider, as Apple does. No cookie comes along with that, so it goes round once more.
  Answer post(Request request) {
    return providers
        .find(request.variable("name"))
        .map(provider ->
            Navigation.roundTrip(
                request, Trips.PATH.replace("{name}", provider.name()), request.form()))
        .orElseGet(() -> unknown(request));
  }

  Answer get(Request request) {
    Optional<IdentityProvider> provider = providers.find(request.variable("name"));
    if (provider.isEmpty()) {
      return unknown(request);
    }
    try {
      Map<String, String> parameters = once(request.query());
      Optional<Errand> errand = errand(request, provider.get(), parameters);
      return errand.isEmpty()
          ? FlowPages.says(400, Texts.of(request), "expired")
          : Answer.later(
              Languages.kept(() -> arrive(request, provider.get(), errand.get(), parameters)));
    } catch (Problem problem) {
      return FlowPages.refuses(request, problem);
    }
  }

  private static Answer unknown(Request request) {
    return FlowPages.says(404, Texts.of(request), "provider.unknown");
  }

  private static Map<String, String> once(QueryString query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (QueryString.Parameter parameter : query.all()) {
      if (parameters.put(parameter.name(), parameter.value()) != null) {
        throw Problem.parameter(parameter.name(), "It is given more than once; give it once.");
      }
    }
    return parameters;
  }

  /// What the trip was for; nothing when it is used up, or another browser's, or another provider's.
  private Optional<Errand> errand(
      Request request, IdentityProvider provider, Map<String, String> parameters) {
    String state = parameters.getOrDefault("state", "");
    Optional<String> cookie = BrowserCookies.BROWSER.of(request);
    if (state.isEmpty() || state.length() > STATE_LENGTH_MAX || cookie.isEmpty()) {
      return Optional.empty();
    }
    return trips
        .used(AccountContext.source(request), Kind.PROVIDER_TRIP, state, cookie.get())
        .map(Errand::read)
        .filter(errand -> errand.provider().equals(provider.name()));
  }

  private Answer arrive(
      Request request, IdentityProvider provider, Errand errand, Map<String, String> parameters) {
    String cookie = BrowserCookies.BROWSER.of(request).orElseThrow();
    RequestSource source = AccountContext.source(request);
    try {
      Somebody somebody =
          provider.somebody(
              trips.trip(provider, String.valueOf(parameters.get("state")), cookie, errand.again()),
              parameters);
      Arrived arrived =
          switch (errand.purpose()) {
            case Errand.SignIn _ -> arrivals.of(somebody, errand, Map.of(), cookie, source);
            case Errand.Linking _ ->
                arrivals.back(somebody, errand, Kind.PROVIDER_LINK_CODE, cookie, source);
            case Errand.Proving _ ->
                arrivals.back(somebody, errand, Kind.PROVIDER_PROOF_CODE, cookie, source);
          };
      return signUp.answer(request, somebody, errand, arrived);
    } catch (ProviderFailed failed) {
      if (failed.kind() != ProviderFailed.Kind.DENIED) {
        LOG.warn(
            "The provider {} signs somebody in to no avail: {}",
            provider.name(),
            failed.getMessage());
      }
      return MissingFieldsPage.answer(errand, Refusal.of(failed));
    } catch (Problem problem) {
      return FlowPages.refuses(request, problem);
    }
  }
}
