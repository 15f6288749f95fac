package dev.varve.account;

import java.util.Map;
import java.util.Set;

/// What must never be printed, from the environment alone.
public final class Secrets {
  /// The secret under which signing keys are kept.
  public static final String AUTH = "VARVE_AUTH_SECRET";

  /// The secret that signs tokens with HS256.
  public static final String JWT = "VARVE_AUTH_JWT_SECRET";

  /// The password of the user at the mail server.
  public static final String MAIL = "VARVE_MAIL_PASSWORD";

  /// The password that `varve user` gives an account.
  public static final String USER = "VARVE_PASSWORD";

  /// Every variable of the environment that is read here: they look like settings, and are none.
  public static final Set<String> VARIABLES = Set.of(AUTH, JWT, MAIL, USER);

  private final Map<String, String> environment;

  private Secrets(Map<String, String> environment) {
    this.environment = environment;
  }

  public static Secrets of(Map<String, String> environment) {
    return new Secrets(Map.copyOf(environment));
  }
}
