package dev.varve.identity.provider;

import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.schema.EmailAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a provider tells of somebody, as plain JSON. Its types are as its makers had them: a truth may be a text.
record Claims(Map<String, Object> members) {
  private static final int NAME_LENGTH_MAX = 200;
  // of the year 9999
  private static final long SECONDS_MAX = 253_402_300_799L;

  Claims {
    members = Map.copyOf(members);
  }

  /// @throws ProviderFailed when the text is no JSON object
  static Claims read(String text) throws ProviderFailed {
    return of(plain(text))
        .orElseThrow(() -> ProviderFailed.wrong("what it tells of somebody is no JSON object"));
  }

  static @Nullable Object plain(String text) throws ProviderFailed {
    try {
      return Json.read(text.getBytes(StandardCharsets.UTF_8));
    } catch (Problem e) {
      throw new ProviderFailed(
          ProviderFailed.Kind.WRONG_ANSWER, "what it tells of somebody is no JSON", e);
    }
  }

  static Optional<Claims> of(@Nullable Object plain) {
    if (!(plain instanceof Map<?, ?> given)) {
      return Optional.empty();
    }
    Map<String, Object> members = new LinkedHashMap<>();
    given.forEach((name, value) -> {
      if (value != null) {
        members.put(String.valueOf(name), value);
      }
    });
    return Optional.of(new Claims(members));
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(members.get(name))
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .filter(value -> !value.isBlank());
  }

  /// Whether it says so, as a truth, a text or a number.
  boolean isTrue(String name) {
    Object value = members.get(name);
    return Boolean.TRUE.equals(value)
        || "true".equals(value)
        || Long.valueOf(1).equals(value)
        || "1".equals(value);
  }

  /// Seconds since 1970.
  Optional<Instant> instant(String name) {
    return members.get(name) instanceof Long seconds && seconds >= 0 && seconds <= SECONDS_MAX
        ? Optional.of(Instant.ofEpochSecond(seconds))
        : Optional.empty();
  }

  Optional<Claims> object(String name) {
    return of(members.get(name));
  }

  /// An e-mail address, as accounts have theirs.
  Optional<String> email(String name) {
    return text(name)
        .map(value -> EmailAddress.inLowerCase(value.strip()))
        .filter(value -> value.length() <= EmailAddress.LENGTH_MAX)
        .filter(value -> value.indexOf('@') > 0 && value.chars().noneMatch(c -> c <= ' '));
  }

  /// A name that fits into one line.
  Optional<String> name(String member) {
    return text(member).flatMap(Claims::line);
  }

  static Optional<String> line(String text) {
    StringBuilder line = new StringBuilder();
    text.strip()
        .codePoints()
        .filter(c -> !Character.isISOControl(c))
        .limit(NAME_LENGTH_MAX)
        .forEach(line::appendCodePoint);
    return line.isEmpty() ? Optional.empty() : Optional.of(line.toString());
  }

  /// Of two parts.
  Optional<String> name(String first, String last) {
    return line(text(first).orElse("") + " " + text(last).orElse(""));
  }
}
