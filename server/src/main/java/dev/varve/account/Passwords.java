package dev.varve.account;

import dev.varve.kernel.FieldError;
import java.security.SecureRandom;
import java.util.List;

/// Hashes passwords (Argon2id, RFC 9106), as many at once as there are cores.
public final class Passwords implements AutoCloseable {
  private final PasswordSettings settings;
  private final SecureRandom random;

  public Passwords(PasswordSettings settings, SecureRandom random) {
    this.settings = settings;
    this.random = random;
  }

  /// A new hash, as a PHC string.
  ///
  /// @throws dev.varve.kernel.Problem OVERLOADED when too many hashes wait
  public String hash(String password) {
    throw new UnsupportedOperationException();
  }

  /// Whether the hash is that of the password.
  ///
  /// @param phc what [#hash] made, with whatever parameters were set then
  /// @throws dev.varve.kernel.Problem OVERLOADED when too many hashes wait
  public boolean verify(String password, String phc) {
    throw new UnsupportedOperationException();
  }

  /// Does the work of [#verify], so that an account that does not exist takes as long to refuse as one that does.
  public void verifyNothing(String password) {
    throw new UnsupportedOperationException();
  }

  /// Whether a hash was made at a lower cost than the settings ask for.
  public boolean needsRehash(String phc) {
    throw new UnsupportedOperationException();
  }

  /// What is wrong with a password that somebody wants to have: nothing, or why it is refused.
  ///
  /// @param field the name of the field in the request
  public List<FieldError> weaknesses(String field, String password) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
