package dev.varve.identity.account;

import dev.varve.identity.token.OpaqueToken;
import dev.varve.identity.token.TokenBinding;
import java.util.Optional;
import java.util.Set;

/// What a session is for, and so who keeps what opens it again.
public sealed interface SessionUse {
  /// A program of the application that Varve serves: it keeps a refresh token.
  record Tokens() implements SessionUse {}

  /// A browser that signs in on pages of Varve: it keeps a cookie.
  record Browser(OpaqueToken cookie) implements SessionUse {}

  /// Another application, an OAuth client.
  ///
  /// @param scopes what it may
  /// @param parent the session of the browser in which somebody let it in, and with which it ends; nothing when it goes
  ///     on without
  /// @param binding with which alone it goes on; none where what proves the client, or a token, is enough
  /// @param resource whom its tokens are for, where that is not all of this server
  record Application(
      String client,
      Set<String> scopes,
      Optional<String> parent,
      TokenBinding binding,
      Optional<String> resource)
      implements SessionUse {
    public Application {
      scopes = Set.copyOf(scopes);
    }
  }
}
