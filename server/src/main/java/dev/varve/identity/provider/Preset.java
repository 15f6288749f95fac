package dev.varve.identity.provider;

import java.util.List;

/// What is known of a provider, so that its settings are short.
public enum Preset {
  /// Any OpenID provider, by its issuer.
  OPENID("", "", List.of("openid", "email", "profile")),
  GOOGLE("Google", "https://accounts.google.com", List.of("openid", "email", "profile")),
  /// No OpenID provider. Another issuer is a GitHub Enterprise Server.
  GITHUB("GitHub", "https://github.com", List.of("read:user", "user:email")),
  /// Accounts of every organisation and of nobody's. Another issuer lets in those of one organisation.
  MICROSOFT(
      "Microsoft",
      "https://login.microsoftonline.com/common/v2.0",
      List.of("openid", "email", "profile")),
  APPLE("Apple", "https://appleid.apple.com", List.of("openid", "email", "name")),
  GITLAB("GitLab", "https://gitlab.com", List.of("openid", "email", "profile")),
  /// Spoken to as to a provider of OAuth 2.0.
  DISCORD("Discord", "https://discord.com", List.of("identify", "email"));

  private final String title;
  private final String issuer;
  private final List<String> scopes;

  Preset(String title, String issuer, List<String> scopes) {
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
    return scopes;
  }
}
