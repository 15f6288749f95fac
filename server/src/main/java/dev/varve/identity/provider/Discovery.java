package dev.varve.identity.provider;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import dev.varve.identity.provider.IdentityProvider.Line;
import dev.varve.net.outgoing.CallFailed;
import dev.varve.net.outgoing.OutgoingCalls.Call;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an OpenID provider says of itself at its issuer (OpenID Connect Discovery 1.0, section 4), and its keys: kept for a while,
/// longer while it does not answer, and never when it was not to be had.
final class Discovery {
  private static final Duration KEPT = Duration.ofHours(1);
  // a token that names a key which nobody knows must not make us ask for keys each time
  private static final Duration KEYS_KEPT_LEAST = Duration.ofMinutes(1);
  private static final String PATH = "/.well-known/openid-configuration";
  // https://login.microsoftonline.com/{tenant}/v2.0
  private static final Pattern OF_A_TENANT = Pattern.compile("(.+/)([^/]+)(/v2\\.0)");
  // where the issuer has a gap in the place of the organisation, which no URL may have
  private static final String GAP = "{tenantid}";
  static final String ANY_TENANT = "%7Btenantid%7D";

  // while it does not answer: its keys seldom change within a day, and people sign in meanwhile
  private static final Duration KEPT_IN_NEED = Duration.ofHours(12);
  // a provider that does not answer is not asked by each who comes
  private static final Duration ASKED_AGAIN = Duration.ofMinutes(1);

  private final Line line;
  private final AtomicReference<@Nullable CompletableFuture<Known>> asking =
      new AtomicReference<>();
  private volatile @Nullable Known known;
  private volatile Instant restsUntil = Instant.MIN;

  Discovery(Line line) {
    this.line = line;
  }

  /// @param at when the keys were asked for
  record Known(OIDCProviderMetadata metadata, JWKSet keys, Instant at) {}

  Known known() throws ProviderFailed {
    Known before = known;
    Instant now = line.clock().instant();
    if (before != null && now.isBefore(before.at().plus(KEPT))) {
      return before;
    }
    if (before == null || !now.isBefore(before.at().plus(KEPT_IN_NEED))) {
      return asked(now);
    }
    if (now.isBefore(restsUntil) || asking.get() != null) {
      return before;
    }
    try {
      return asked(now);
    } catch (ProviderFailed failed) {
      if (failed.kind() != ProviderFailed.Kind.UNAVAILABLE) {
        throw failed;
      }
      return before;
    }
  }

  /// What it says now. One asks, and others who come meanwhile wait for that.
  private Known asked(Instant now) throws ProviderFailed {
    CompletableFuture<Known> mine = new CompletableFuture<>();
    CompletableFuture<Known> others = asking.compareAndExchange(null, mine);
    if (others != null) {
      return answerOf(others);
    }
    try {
      mine.complete(newest(now));
    } catch (ProviderFailed | RuntimeException failed) {
      restsUntil = now.plus(ASKED_AGAIN);
      mine.completeExceptionally(failed);
    } finally {
      mine.cancel(false); // of no effect on one that has ended: nobody waits for ever
      asking.set(null);
    }
    return answerOf(mine);
  }

  /// What it says, unless somebody else has asked a moment ago.
  private Known newest(Instant now) throws ProviderFailed {
    Known latest = known;
    if (latest != null && now.isBefore(latest.at().plus(KEPT))) {
      return latest;
    }
    OIDCProviderMetadata metadata = metadata();
    Known found = new Known(metadata, keys(metadata), now);
    known = found;
    return found;
  }

  private static Known answerOf(CompletableFuture<Known> answer) throws ProviderFailed {
    try {
      return answer.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case ProviderFailed failed ->
            throw new ProviderFailed(failed.kind(), String.valueOf(failed.getMessage()), failed);
        case IllegalArgumentException unread -> throw unread;
        case null, default -> throw e;
      }
    }
  }

  /// The same with keys that were asked for anew, unless those are as good as new.
  Optional<Known> withNewKeys(Known before) throws ProviderFailed {
    Instant now = line.clock().instant();
    if (now.isBefore(before.at().plus(KEYS_KEPT_LEAST))) {
      return Optional.empty();
    }
    Known found = new Known(before.metadata(), keys(before.metadata()), now);
    known = found;
    return Optional.of(found);
  }

  private OIDCProviderMetadata metadata() throws ProviderFailed {
    String base = line.settings().base().toString();
    URI url = URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + PATH);
    OIDCProviderMetadata metadata;
    try {
      metadata =
          OIDCProviderMetadata.parse(
              line.get(Call.get(url, "application/json")).replace(GAP, ANY_TENANT));
    } catch (ParseException e) {
      throw ProviderFailed.wrong(
          "what it says of itself at %s is not understood: %s".formatted(url, e.getMessage()));
    }
    requireIssuer(metadata.getIssuer().getValue(), base);
    requireEndpoints(metadata);
    return metadata;
  }

  /// Whoever answers at an issuer must be it (OpenID Connect Discovery 1.0, section 4.3). Microsoft answers for many.
  private void requireIssuer(String issuer, String asked) throws ProviderFailed {
    Matcher said = OF_A_TENANT.matcher(issuer);
    Matcher meant = OF_A_TENANT.matcher(asked);
    boolean tenant =
        line.settings().preset() == Preset.MICROSOFT
            && said.matches()
            && meant.matches()
            && said.group(1).equals(meant.group(1))
            && (said.group(2).equals(ANY_TENANT) || OpenIdDialect.isTenant(said.group(2)));
    if (!issuer.equals(asked) && !tenant) {
      throw ProviderFailed.wrong(
          "it says that its issuer is '%s', and the settings say '%s'".formatted(issuer, asked));
    }
  }

  private void requireEndpoints(OIDCProviderMetadata metadata) throws ProviderFailed {
    List<@Nullable URI> endpoints = new ArrayList<>();
    endpoints.add(metadata.getAuthorizationEndpointURI());
    endpoints.add(metadata.getTokenEndpointURI());
    endpoints.add(metadata.getJWKSetURI());
    for (URI endpoint : endpoints) {
      if (endpoint == null) {
        throw ProviderFailed.wrong(
            "it does not say where it signs people in, gives tokens and has its keys");
      }
      try {
        line.reach().require(endpoint);
      } catch (CallFailed e) {
        throw new ProviderFailed(
            ProviderFailed.Kind.WRONG_ANSWER, String.valueOf(e.getMessage()), e);
      }
    }
  }

  private JWKSet keys(OIDCProviderMetadata metadata) throws ProviderFailed {
    try {
      return JWKSet.parse(line.get(Call.get(metadata.getJWKSetURI(), "application/json")));
    } catch (java.text.ParseException e) {
      throw ProviderFailed.wrong("its keys are not understood: %s".formatted(e.getMessage()));
    }
  }
}
