package dev.varve.identity.provider;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.oauth2.sdk.token.Tokens;
import dev.varve.identity.provider.ProviderFailed.Kind;
import dev.varve.net.outgoing.CallFailed;
import dev.varve.net.outgoing.OutgoingCalls;
import dev.varve.net.outgoing.OutgoingCalls.Call;
import dev.varve.net.outgoing.OutgoingCalls.Reply;
import dev.varve.net.outgoing.Reach;
import dev.varve.settings.WrongSetting;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One provider that people sign in with.
///
/// ```
/// provider.authorization(trip)       // where the browser goes
/// provider.somebody(trip, answer)    // who it is, by what it comes back with
/// ```
public final class IdentityProvider {
  // a provider answers in less than a second; a person waits in front of a blank page
  private static final Duration CALL_MAX = Duration.ofSeconds(8);
  // the largest known is a list of keys with their certificates
  private static final int REPLY_BYTES_MAX = 512 * 1024;
  private static final int CODE_LENGTH_MAX = 4_000;
  // what gets the next tokens does so no more (RFC 6749, section 5.2); GitHub has a word of its own
  private static final Set<String> OVER = Set.of("invalid_grant", "bad_refresh_token");

  private final ProviderSettings settings;
  private final Dialect dialect;
  private final Clock clock;
  private final KeptTokens kept;

  private IdentityProvider(
      ProviderSettings settings, Dialect dialect, Clock clock, KeptTokens kept) {
    this.settings = settings;
    this.dialect = dialect;
    this.clock = clock;
    this.kept = kept;
  }

  static IdentityProvider of(
      ProviderSettings settings, Map<String, String> environment, Clock clock, KeptTokens kept) {
    Line line =
        new Line(
            settings,
            secret(settings, environment),
            new OutgoingCalls(CALL_MAX, REPLY_BYTES_MAX),
            Reach.naming(settings.base()),
            clock);
    Dialect dialect =
        switch (settings.preset()) {
          case GITHUB -> new GitHubDialect(line);
          case DISCORD -> new DiscordDialect(line);
          case OPENID, GOOGLE, MICROSOFT, APPLE, GITLAB ->
              new OpenIdDialect(line, new Discovery(line));
        };
    return new IdentityProvider(settings, dialect, clock, kept);
  }

  private static ProviderSecret secret(ProviderSettings settings, Map<String, String> environment) {
    if (settings.secret().isEmpty()) {
      return new ProviderSecret.None();
    }
    String setting = "auth.providers[%s].secret".formatted(settings.name());
    String value = environment.getOrDefault(settings.secret(), "");
    if (value.isBlank()) {
      throw new WrongSetting(
          setting,
          "names the environment variable %s, which is not set. Set it to what the provider has given this server"
              .formatted(settings.secret()));
    }
    ClientID client = new ClientID(settings.clientId());
    return settings.preset() == Preset.APPLE
        ? new ProviderSecret.Signed(client, AppleSecret.of(setting, settings, value))
        : new ProviderSecret.Shared(client, new Secret(value.strip()));
  }

  /// What a provider is asked over.
  record Line(
      ProviderSettings settings,
      ProviderSecret secret,
      OutgoingCalls calls,
      Reach reach,
      Clock clock) {
    /// @throws ProviderFailed UNAVAILABLE when there is no reply
    Reply send(Call call) throws ProviderFailed {
      try {
        return calls.send(reach, call);
      } catch (CallFailed e) {
        throw new ProviderFailed(Kind.UNAVAILABLE, String.valueOf(e.getMessage()), e);
      }
    }

    /// Whether asking later may help.
    static boolean isBusy(Reply reply) {
      return reply.status() >= 500 || reply.status() == 429;
    }

    /// The body of a reply that is 200.
    String get(Call call) throws ProviderFailed {
      Reply reply = send(call);
      if (reply.status() != 200) {
        throw new ProviderFailed(
            isBusy(reply) ? Kind.UNAVAILABLE : Kind.WRONG_ANSWER,
            "%s has answered with %d".formatted(call, reply.status()));
      }
      return reply.body();
    }
  }

  public String name() {
    return settings.name();
  }

  public String title() {
    return settings.shownTitle();
  }

  /// Whether a trip there can prove that somebody is there right now.
  public boolean asksAgain() {
    return settings.asksAgain();
  }

  /// Where a browser is sent, with PKCE.
  ///
  /// @throws ProviderFailed when the provider does not say where that is
  public URI authorization(Trip trip) throws ProviderFailed {
    return understood(() -> dialect.authorization(trip));
  }

  /// Does what reads the words of a provider.
  @FunctionalInterface
  private interface Reading<T> {
    T read() throws ProviderFailed;
  }

  /// What is no value at all, such as an empty issuer, throws in the SDK where it is made one.
  private static <T> T understood(Reading<T> reading) throws ProviderFailed {
    try {
      return reading.read();
    } catch (IllegalArgumentException e) {
      throw new ProviderFailed(
          Kind.WRONG_ANSWER, "it is not understood: %s".formatted(e.getMessage()), e);
    }
  }

  /// Who it is, by what a browser brings back. Whose trip it is has been looked at.
  ///
  /// @param answer the parameters, each of which stood once
  public Somebody somebody(Trip trip, Map<String, String> answer) throws ProviderFailed {
    return understood(() -> read(trip, answer));
  }

  private Somebody read(Trip trip, Map<String, String> answer) throws ProviderFailed {
    dialect.requireIssuer(Optional.ofNullable(answer.get("iss")));
    String error = answer.get("error");
    if (error != null) {
      throw new ProviderFailed(kind(error), "it sent the browser back with an error");
    }
    String code = answer.getOrDefault("code", "");
    if (code.isEmpty() || code.length() > CODE_LENGTH_MAX) {
      throw ProviderFailed.wrong("it sent the browser back without a code");
    }
    Dialect.Came came = dialect.somebody(trip, new AuthorizationCode(code), answer);
    return settings.keepTokens()
        ? came.somebody()
            .keeping(tokens(came.tokens()).map(found -> kept.close(came.somebody(), found)))
        : came.somebody();
  }

  private Optional<ProviderTokens> tokens(Tokens tokens) {
    return ProviderTokens.of(tokens, settings.askedScopes(), clock.instant());
  }

  /// Whether what it gives for itself is kept.
  public boolean keepsTokens() {
    return settings.keepTokens();
  }

  /// What was kept of somebody; nothing where it is not of them.
  public Optional<ProviderTokens> tokens(Somebody somebody, String sealed) {
    return kept.open(somebody, sealed);
  }

  /// What to keep of somebody who came back, beside what was kept before; nothing where nothing is kept.
  public Optional<String> tokens(Somebody somebody, Optional<String> before) {
    if (!settings.keepTokens()) {
      return Optional.empty();
    }
    Optional<ProviderTokens> old = before.flatMap(sealed -> kept.open(somebody, sealed));
    return somebody
        .tokens()
        .flatMap(sealed -> kept.open(somebody, sealed))
        .map(found -> kept.close(somebody, found.after(old)))
        .or(() -> before);
  }

  /// What came of asking for the next tokens.
  ///
  /// @param sealed to be kept in the place of those before
  public record Renewed(ProviderTokens tokens, String sealed) {}

  /// The next tokens of somebody; nothing where the provider gives no more for those.
  ///
  /// @throws ProviderFailed when it does not say so, and asking later may help
  public Optional<Renewed> renewed(Somebody somebody, ProviderTokens before) throws ProviderFailed {
    if (before.refresh().isEmpty()) {
      return Optional.empty();
    }
    RefreshToken refresh = new RefreshToken(before.refresh().get());
    HTTPResponse reply = understood(() -> dialect.exchange().reply(refresh));
    try {
      TokenResponse response = TokenResponse.parse(reply);
      if (response.indicatesSuccess()) {
        return tokens(response.toSuccessResponse().getTokens())
            .map(found -> found.after(Optional.of(before)))
            .map(found -> new Renewed(found, kept.close(somebody, found)));
      }
      String error = String.valueOf(response.toErrorResponse().getErrorObject().getCode());
      if (OVER.contains(error)) {
        return Optional.empty();
      }
      throw ProviderFailed.wrong("it gives no next tokens: " + error);
    } catch (ParseException e) {
      throw ProviderFailed.wrong("its answer with the next tokens is not understood");
    }
  }

  /// RFC 6749, section 4.1.2.1; Apple says it in its own way.
  private static Kind kind(String error) {
    return switch (error) {
      case "access_denied", "user_cancelled_authorize" -> Kind.DENIED;
      case "temporarily_unavailable", "server_error" -> Kind.UNAVAILABLE;
      default -> Kind.WRONG_ANSWER;
    };
  }
}
