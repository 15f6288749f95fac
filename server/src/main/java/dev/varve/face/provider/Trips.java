package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SingleUse.Kind;
import dev.varve.identity.account.SingleUse.Use;
import dev.varve.identity.provider.IdentityProvider;
import dev.varve.identity.provider.Trip;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import java.net.URI;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// What is good once on the way to a provider and back, and belongs to one browser.
final class Trips {
  static final String PATH = "/auth/providers/{name}/callback";
  private static final String BROWSER = "browser";

  private final AccountContext context;
  private final Supplier<Optional<String>> origin;

  /// @param origin where this server is reached, as providers know it
  Trips(AccountContext context, Supplier<Optional<String>> origin) {
    this.context = context;
    this.origin = origin;
  }

  /// What comes of something that is good once: its content, if it was.
  Optional<Map<String, Object>> used(WriteContext write, Kind kind, String token)
      throws SQLException {
    return switch (context.tokens().single().use(write, kind, token)) {
      case Use.First(Map<String, Object> content) -> Optional.of(content);
      case Use.Again _, Use.Unknown _ -> Optional.empty();
    };
  }

  /// The same, in a unit of its own, of this browser alone.
  ///
  /// @param cookie of the browser
  Optional<Map<String, Object>> used(RequestSource source, Kind kind, String token, String cookie) {
    return context
        .write(source, write -> used(write, kind, token))
        .filter(content -> isOf(content, cookie));
  }

  static boolean isOf(Map<String, Object> content, String cookie) {
    return MessageDigest.isEqual(
        OpaqueToken.sha256(cookie),
        Base64.getUrlDecoder().decode(String.valueOf(content.get(BROWSER))));
  }

  OpaqueToken issue(RequestSource source, Kind kind, Map<String, ?> content, String cookie) {
    return context.write(source, write -> issue(write, kind, content, cookie));
  }

  /// @param cookie of the browser to which it belongs
  OpaqueToken issue(WriteContext write, Kind kind, Map<String, ?> content, String cookie)
      throws SQLException {
    Map<String, Object> all = new LinkedHashMap<>(content);
    all.put(
        BROWSER,
        Base64.getUrlEncoder().withoutPadding().encodeToString(OpaqueToken.sha256(cookie)));
    return context.tokens().single().issue(write, kind, all);
  }

  /// One that any browser may use.
  OpaqueToken issue(WriteContext write, Kind kind, Map<String, ?> content) throws SQLException {
    return context.tokens().single().issue(write, kind, content);
  }

  Trip trip(IdentityProvider provider, String state, String cookie, boolean again) {
    return new Trip(redirectUri(provider), state, cookie, again);
  }

  private URI redirectUri(IdentityProvider provider) {
    String known =
        origin
            .get()
            .orElseThrow(() ->
                new Problem(
                    ErrorCode.INTERNAL_ERROR,
                    "Nobody is sent to a provider without the setting auth.origin"));
    return URI.create(known + PATH.replace("{name}", provider.name()));
  }
}
