package dev.varve.identity.account;

import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// An Argon2id hash with the parameters it was made with, as a PHC string:
/// `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`, both in base64 without padding.
///
/// The bounds keep a string that somebody planted from taking all memory or time.
record PasswordHash(
    int memoryKibibytes, int iterations, int parallelism, byte[] salt, byte[] digest) {
  static final int MEMORY_KIBIBYTES_MAX = 262_144;
  static final int ITERATIONS_MAX = 16;
  static final int PARALLELISM_MAX = 16;

  private static final String PREFIX = "$argon2id$v=19$";
  private static final int BYTES_MIN = 8;
  private static final int BYTES_MAX = 64;
  // one lane has eight blocks at least (RFC 9106, section 3.1)
  private static final int KIBIBYTES_PER_LANE_MIN = 8;
  private static final int TEXT_LENGTH_MAX = 256;

  static Optional<PasswordHash> parse(String phc) {
    if (!phc.startsWith(PREFIX) || phc.length() > TEXT_LENGTH_MAX) {
      return Optional.empty();
    }
    List<String> parts = List.of(phc.substring(PREFIX.length()).split("\\$", -1));
    if (parts.size() != 3) {
      return Optional.empty();
    }
    List<String> costs = List.of(parts.getFirst().split(",", -1));
    if (costs.size() != 3) {
      return Optional.empty();
    }
    int parallelism = number(costs.get(2), "p=", 1, PARALLELISM_MAX);
    int memory =
        number(costs.get(0), "m=", parallelism * KIBIBYTES_PER_LANE_MIN, MEMORY_KIBIBYTES_MAX);
    int iterations = number(costs.get(1), "t=", 1, ITERATIONS_MAX);
    byte[] salt = bytes(parts.get(1));
    byte[] digest = bytes(parts.get(2));
    if (parallelism == 0 || memory == 0 || iterations == 0 || salt.length * digest.length == 0) {
      return Optional.empty();
    }
    return Optional.of(new PasswordHash(memory, iterations, parallelism, salt, digest));
  }

  /// A number within bounds, or 0.
  private static int number(String text, String name, int min, int max) {
    if (!text.startsWith(name)) {
      return 0;
    }
    try {
      int number = Integer.parseInt(text, name.length(), text.length(), 10);
      return number >= min && number <= max ? number : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /// The bytes of a salt or a digest, or none when there are too few or too many.
  private static byte[] bytes(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      return bytes.length >= BYTES_MIN && bytes.length <= BYTES_MAX ? bytes : new byte[0];
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  String phc() {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "%sm=%d,t=%d,p=%d$%s$%s"
        .formatted(
            PREFIX,
            memoryKibibytes,
            iterations,
            parallelism,
            base64.encodeToString(salt),
            base64.encodeToString(digest));
  }

  /// Whether one of the costs is below what the settings ask for.
  boolean isCheaperThan(PasswordSettings settings) {
    return memoryKibibytes < settings.memoryKibibytes()
        || iterations < settings.iterations()
        || parallelism < settings.parallelism();
  }
}
