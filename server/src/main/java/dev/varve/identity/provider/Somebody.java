package dev.varve.identity.provider;

import java.time.Instant;
import java.util.Optional;

/// Who somebody is in the eyes of a provider. Only provider, issuer and subject together name them for good; addresses and names
/// change hands.
///
/// @param issuer who says so; of one that signs for many organisations, that of theirs
/// @param subject what they are called there, for ever
/// @param email in small letters
/// @param emailVerified whether the provider says that the address is theirs
/// @param provenAt when they proved to the provider who they are: nothing where it was not made to ask, or does not tell
/// @param tokens what the provider gave for itself, sealed; nothing where the settings do not keep it
public record Somebody(
    String provider,
    String issuer,
    String subject,
    Optional<String> email,
    boolean emailVerified,
    Optional<String> name,
    Optional<Instant> provenAt,
    Optional<String> tokens) {
  // longer than any provider's (OpenID Connect Core 1.0, section 2, has 255)
  private static final int SUBJECT_LENGTH_MAX = 255;

  /// @throws IllegalArgumentException when it names nobody: what is missing must never become somebody that many share
  public Somebody {
    if (!isSubject(subject)) {
      throw new IllegalArgumentException("No subject");
    }
  }

  /// The same, with what the provider gave.
  Somebody keeping(Optional<String> sealed) {
    return new Somebody(provider, issuer, subject, email, emailVerified, name, provenAt, sealed);
  }

  /// Somebody of whom no more is known than who they are.
  public static Somebody named(String provider, String issuer, String subject) {
    return new Somebody(
        provider,
        issuer,
        subject,
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// Whether a text names anybody. What programs write where there is nothing does not.
  static boolean isSubject(String text) {
    return !text.isBlank()
        && text.length() <= SUBJECT_LENGTH_MAX
        && text.chars().noneMatch(Character::isISOControl)
        && !text.equals("null")
        && !text.equals("undefined");
  }
}
