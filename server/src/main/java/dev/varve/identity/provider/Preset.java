package dev.varve.identity.provider;

import java.util.List;

/// What is known of a provider, so that its settings are short.
public enum Preset {
  /// Any OpenID provider, by its issuer.
  OPENID("", "", "openid email profile", true),
  /// It knows no wish to be asked again, and refuses what it does not know.
  GOOGLE("Google", "https://accounts.google.com", "openid email profile", false),
  /// No OpenID provider. Another issuer is a GitHub Enterprise Server.
  GITHUB("GitHub", "https://github.com", "read:user user:email", false),
  /// Accounts of every organisation and of nobody's. Another issuer lets in those of one organisation.
  MICROSOFT(
      "Microsoft", "https://login.microsoftonline.com/common/v2.0", "openid email profile", true),
  APPLE("Apple", "https://appleid.apple.com", "openid email name", false),
  /// What it tells of when somebody signed in is their latest sign-in in any browser, so it counts only when it was made to ask.
  GITLAB("GitLab", "https://gitlab.com", "openid email profile", true),
  /// Spoken to as to a provider of OAuth 2.0.
  DISCORD("Discord", "https://discord.com", "identify email", false);

  private final String title;
  private final String issuer;
  // separated by spaces
  private final String scopes;
  private final boolean asksAgain;

  Preset(String title, String issuer, String scopes, boolean asksAgain) {
    this.title = title;
    this.issuer = issuer;
    this.scopes = scopes;
    this.asksAgain = asksAgain;
  }

  String title() {
    return title;
  }

  String issuer() {
    return issuer;
  }

  List<String> scopes() {
    return List.of(scopes.split(" ", -1));
  }

  /// Whether it asks who somebody is when it is told to, even if it knows, and can say when they proved it (OpenID Connect Core 1.0,
  /// section 3.1.2.1: `max_age`, `prompt=login`).
  boolean asksAgain() {
    return asksAgain;
  }
}
