package dev.varve.identity.provider;

import java.util.List;

/// What is known of a provider, so that its settings are short.
public enum Preset {
  /// Any OpenID provider, by its issuer.
  OPENID("", "", "openid email profile"),
  GOOGLE("Google", "https://accounts.google.com", "openid email profile"),
  /// No OpenID provider. Another issuer is a GitHub Enterprise Server.
  GITHUB("GitHub", "https://github.com", "read:user user:email"),
  /// Accounts of every organisation and of nobody's. Another issuer lets in those of one organisation.
  MICROSOFT("Microsoft", "https://login.microsoftonline.com/common/v2.0", "openid email profile"),
  APPLE("Apple", "https://appleid.apple.com", "openid email name"),
  GITLAB("GitLab", "https://gitlab.com", "openid email profile"),
  /// Spoken to as to a provider of OAuth 2.0.
  DISCORD("Discord", "https://discord.com", "identify email");

  private final String title;
  private final String issuer;
  // separated by spaces
  private final String scopes;

  Preset(String title, String issuer, String scopes) {
    this.title = title;
    this.issuer = issuer;
    this.scopes = scopes;
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
}
