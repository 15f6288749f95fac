package dev.varve.lane.live;

import dev.varve.store.log.Change;
import java.util.Optional;

/// What a change tells of those who listen: an account is not what it was, a key is revoked, or an application may have less.
///
/// @param account the id of the account; absent when it is about none
public record AccountNews(
    Optional<String> account, boolean revokesKey, boolean narrowsApplication) {
  /// Knows which changes tell of accounts.
  @FunctionalInterface
  public interface Source {
    Optional<AccountNews> of(Change change);
  }
}
