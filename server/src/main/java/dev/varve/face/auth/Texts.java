package dev.varve.face.auth;

import dev.varve.net.http.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;

/// What pages say, in the language that a browser asks for, or in English: one file `texts_LANGUAGE.properties` beside this class for
/// each.
public final class Texts {
  private static final List<Locale> LANGUAGES = List.of(Locale.ENGLISH, Locale.GERMAN);
  private static final Map<Locale, Texts> ALL =
      LANGUAGES.stream().collect(Collectors.toMap(language -> language, Texts::new));
  private static final int HEADER_LENGTH_MAX = 500;

  private final Locale language;
  private final Properties texts = new Properties();

  private Texts(Locale language) {
    this.language = language;
    String file = "texts_%s.properties".formatted(language.getLanguage());
    try (InputStream in = Objects.requireNonNull(Texts.class.getResourceAsStream(file), file)) {
      texts.load(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Texts of(Locale language) {
    return Objects.requireNonNull(ALL.get(language), language::toString);
  }

  /// In the language of a request (RFC 9110, section 12.5.4).
  public static Texts of(Request request) {
    String header = request.header("Accept-Language").orElse("");
    if (header.isEmpty() || header.length() > HEADER_LENGTH_MAX) {
      return of(Locale.ENGLISH);
    }
    try {
      Locale found = Locale.lookup(Locale.LanguageRange.parse(header), LANGUAGES);
      return of(found == null ? Locale.ENGLISH : found);
    } catch (IllegalArgumentException e) {
      return of(Locale.ENGLISH); // a header that says nothing readable
    }
  }

  public Locale language() {
    return language;
  }

  /// @param values in the place of `%s`
  public String get(String key, Object... values) {
    return Objects.requireNonNull(texts.getProperty(key), key).formatted(values);
  }

  public boolean has(String key) {
    return texts.containsKey(key);
  }
}
