package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.Endpoint;
import dev.varve.face.auth.StepUp;
import dev.varve.identity.account.Links;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.provider.IdentityProvider;
import dev.varve.identity.provider.IdentityProvider.Renewed;
import dev.varve.identity.provider.IdentityProviders;
import dev.varve.identity.provider.ProviderFailed;
import dev.varve.identity.provider.ProviderTokens;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.kernel.Rfc3339;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives an account the token that a provider gave for it, where the settings keep those. No other application gets it: whoever has it acts
/// in somebody's name there, with all that it was asked for.
final class LinkTokens {
  private static final Logger LOG = LoggerFactory.getLogger(LinkTokens.class);

  private final AccountContext context;
  private final StepUp stepUp;
  private final IdentityProviders providers;
  // what gets the next token is good once at some providers: one asks, and others who come wait for
  // that
  private final Map<String, CompletableFuture<ProviderTokens>> asking = new ConcurrentHashMap<>();

  LinkTokens(AccountContext context, StepUp stepUp, IdentityProviders providers) {
    this.context = context;
    this.stepUp = stepUp;
    this.providers = providers;
  }

  Route route() {
    return Endpoint.get("/auth/links/{id}/token", "linkToken", "The token of a provider")
        .says(
            "Where `keepTokens` is set for the provider: what it gave when somebody signed in with it, renewed when it has expired. In a session that was opened, or made fresh, in the last ten minutes; never to other applications.")
        .asks(Route.Caller.ACCOUNT)
        .gives(
            200,
            List.of(
                Member.text("accessToken"),
                Member.text("tokenType"),
                Member.instant("expiresAt").optional(),
                Member.text("scope")))
        .answeredBy(this::answer);
  }

  /// `GET /auth/links/{id}/token`
  Answer answer(Request request) {
    Entity account = stepUp.requireRecent(request);
    String id = request.variable("id");
    Links.Link link =
        Links.of(context.stages().database(), account.id()).stream()
            .filter(found -> found.id().equals(id))
            .findFirst()
            .orElseThrow(() -> Problem.notFound("You have no link '%s'".formatted(id)));
    IdentityProvider provider =
        providers
            .find(link.provider())
            .filter(IdentityProvider::keepsTokens)
            .orElseThrow(() ->
                Problem.notFound(
                    "No token of it is kept: auth.providers[%s].keepTokens keeps those that come from then on"
                        .formatted(link.provider())));
    ProviderTokens kept = kept(provider, link).orElseThrow(() -> gone(provider));
    return json(
        kept.endsAt(now()) ? renewed(provider, link, AccountContext.source(request)) : kept);
  }

  private Instant now() {
    return context.stages().clock().instant();
  }

  private static Optional<ProviderTokens> kept(IdentityProvider provider, Links.Link link) {
    return link.tokens().flatMap(sealed -> provider.tokens(link.somebody(), sealed));
  }

  private static Problem gone(IdentityProvider provider) {
    return new Problem(
        ErrorCode.CONFLICT,
        "There is no token of %s that is good still: sign in with it once more"
            .formatted(provider.title()));
  }

  private ProviderTokens renewed(IdentityProvider provider, Links.Link link, RequestSource source) {
    CompletableFuture<ProviderTokens> mine = new CompletableFuture<>();
    CompletableFuture<ProviderTokens> others = asking.putIfAbsent(link.id(), mine);
    if (others != null) {
      return answerOf(others);
    }
    try {
      mine.complete(newest(provider, link, source));
    } catch (RuntimeException failed) {
      mine.completeExceptionally(failed);
    } finally {
      mine.cancel(false); // of no effect on one that has ended: nobody waits for ever
      asking.remove(link.id());
    }
    return answerOf(mine);
  }

  private static ProviderTokens answerOf(CompletableFuture<ProviderTokens> answer) {
    try {
      return answer.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Problem problem) {
        throw problem;
      }
      throw e;
    }
  }

  /// Those that are kept by now, renewed unless somebody else has done that a moment ago.
  private ProviderTokens newest(IdentityProvider provider, Links.Link seen, RequestSource source) {
    Links.Link link =
        Links.of(context.stages().database(), seen.account()).stream()
            .filter(found -> found.id().equals(seen.id()))
            .findFirst()
            .orElseThrow(() -> gone(provider));
    ProviderTokens kept = kept(provider, link).orElseThrow(() -> gone(provider));
    if (!kept.endsAt(now())) {
      return kept;
    }
    Optional<Renewed> next = asked(provider, link, kept);
    context.write(
        source,
        link.account(),
        write -> {
          Links.keep(write, link, next.map(Renewed::sealed));
          return true;
        });
    return next.map(Renewed::tokens).orElseThrow(() -> gone(provider));
  }

  private static Optional<Renewed> asked(
      IdentityProvider provider, Links.Link link, ProviderTokens kept) {
    try {
      return provider.renewed(link.somebody(), kept);
    } catch (ProviderFailed failed) {
      LOG.warn("The provider {} renews no token: {}", provider.name(), failed.getMessage());
      throw new Problem(
          ErrorCode.UPSTREAM_UNAVAILABLE,
          "%s does not answer at the moment: try again".formatted(provider.title()));
    }
  }

  private static Answer json(ProviderTokens tokens) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("accessToken", tokens.access());
    members.put("tokenType", "Bearer");
    tokens.expiresAt().ifPresent(end -> members.put("expiresAt", Rfc3339.text(end)));
    members.put("scope", tokens.scopes());
    return Answer.json(200, Json.bytes(json -> Json.write(json, members)))
        .with("Cache-Control", "no-store");
  }
}
