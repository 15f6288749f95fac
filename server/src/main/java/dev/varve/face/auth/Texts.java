package dev.varve.face.auth;

import dev.varve.net.http.HeaderSection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// What pages and mails say in one language.
public final class Texts {
  private final Locale language;
  private final Map<String, String> texts;

  Texts(Locale language, Map<String, String> texts) {
    this.language = language;
    this.texts = Map.copyOf(texts);
  }

  /// In the language of a request.
  public static Texts of(HeaderSection request) {
    return Languages.current().of(request);
  }

  /// The same, with others in the place of some, in a language.
  Texts with(Locale other, Map<String, String> others) {
    Map<String, String> all = new HashMap<>(texts);
    all.putAll(others);
    return new Texts(other, all);
  }

  public Locale language() {
    return language;
  }

  /// @param values in the place of `%s`
  public String get(String key, Object... values) {
    return pattern(key).formatted(values);
  }

  /// What the API says in English, in this language; as it is where this language has no words for it.
  public String told(String english) {
    return ApiTexts.OWN
        .find(english)
        .map(said -> get(said.key(), said.values().stream().map(this::counted).toArray()))
        .orElse(english);
  }

  /// Of what is put in, how many of something in this language; all else as it is.
  private Object counted(Object value) {
    return value instanceof String text
        ? ApiTexts.OWN
            .counted(text)
            .map(said -> get(said.key(), said.values().toArray()))
            .orElse(text)
        : value;
  }

  /// As it is written.
  String pattern(String key) {
    return Objects.requireNonNull(texts.get(key), key);
  }

  public boolean has(String key) {
    return texts.containsKey(key);
  }

  Map<String, String> all() {
    return texts;
  }
}
