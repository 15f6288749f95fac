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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an OpenID provider says of itself at its issuer (OpenID Connect Discovery 1.0, section 4), and its keys: kept for a while, and
/// never when it was not to be had.
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

  private final Line line;
  private volatile @Nullable Known known;

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
    OIDCProviderMetadata metadata = metadata();
    Known found = new Known(metadata, keys(metadata), now);
    known = found;
    return found;
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
