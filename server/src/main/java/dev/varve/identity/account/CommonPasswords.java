package dev.varve.identity.account;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// The passwords that people choose most often, and guessers try first. They come with the library zxcvbn; its list
/// is read once, when the first password is chosen.
final class CommonPasswords {
  private static final String LIST = "/com/nulabinc/zxcvbn/matchers/dictionaries/passwords.txt";

  private CommonPasswords() {}

  private static final class Loaded {
    // shorter ones are refused for their length
    private static final Set<String> ALL = read(Passwords.LENGTH_MIN);
  }

  /// Whether a password is on the list, however its letters are capitalised.
  static boolean contains(String password) {
    return Loaded.ALL.contains(password.toLowerCase(Locale.ROOT));
  }

  private static Set<String> read(int lengthMin) {
    InputStream list = CommonPasswords.class.getResourceAsStream(LIST);
    if (list == null) {
      throw new IllegalStateException("The list of common passwords is not on the class path");
    }
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .filter(line -> line.length() >= lengthMin)
          .map(line -> line.toLowerCase(Locale.ROOT))
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException("The list of common passwords cannot be read", e);
    }
  }
}
