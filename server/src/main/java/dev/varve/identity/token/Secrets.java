package dev.varve.identity.token;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What must never be printed, from the environment alone.
public final class Secrets {
  /// The secret under which signing keys are kept.
  public static final String AUTH = "VARVE_AUTH_SECRET";

  /// The secret that signs tokens with HS256.
  public static final String JWT = "VARVE_AUTH_JWT_SECRET";

  /// The password of the user at the mail server.
  public static final String MAIL = "VARVE_MAIL_PASSWORD";

  /// The password of the user at the database.
  public static final String DATABASE = "VARVE_DATABASE_PASSWORD";

  /// The password at the store that nodes share.
  public static final String NODES = "VARVE_NODES_PASSWORD";

  /// The password that `varve user` gives an account.
  public static final String USER = "VARVE_PASSWORD";

  /// The token that reads the metrics from another machine.
  public static final String METRICS = "VARVE_TELEMETRY_TOKEN";

  /// The header `Authorization` for the collector of traces.
  public static final String TRACES = "VARVE_TELEMETRY_TRACES_AUTHORIZATION";

  /// The password of a PKCS#12 file with the certificate of the server.
  public static final String TLS = "VARVE_HTTP_TLS_PASSWORD";

  /// The secret that signs what services behind the gateway are told of callers.
  public static final String GATEWAY = "VARVE_GATEWAY_SECRET";

  /// The token with which clients register themselves.
  public static final String REGISTRATION = "VARVE_OAUTH_REGISTRATION_TOKEN";

  /// Every variable of the environment that is read here: they look like settings, and are none.
  public static final Set<String> VARIABLES =
      Set.of(AUTH, JWT, REGISTRATION, DATABASE, NODES, MAIL, USER, METRICS, TRACES, TLS, GATEWAY);

  // as many as HMAC with SHA-256 asks for (RFC 7518, section 3.2)
  private static final int BYTES_MIN = 32;

  private final Map<String, String> environment;

  private Secrets(Map<String, String> environment) {
    this.environment = environment;
  }

  public static Secrets of(Map<String, String> environment) {
    return new Secrets(Map.copyOf(environment));
  }

  /// The bytes of a secret that others must not guess, if it is set.
  ///
  /// @param variable one of [#VARIABLES]
  /// @throws UnusableSecret when it is so short that it can be guessed
  public Optional<byte[]> bytes(String variable) {
    Optional<byte[]> secret =
        Optional.ofNullable(environment.get(variable))
            .map(text -> text.getBytes(StandardCharsets.UTF_8));
    if (secret.isPresent() && secret.get().length < BYTES_MIN) {
      throw new UnusableSecret(
          "The environment variable %s has %d bytes: it takes %d or more. Make one with: openssl rand -base64 32"
              .formatted(variable, secret.get().length, BYTES_MIN));
    }
    return secret;
  }
}
