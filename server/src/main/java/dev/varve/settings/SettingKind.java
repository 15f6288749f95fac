package dev.varve.settings;

import dev.varve.kernel.DurationText;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What the value of a setting is made of.
sealed interface SettingKind {
  /// What a value must be, for messages and for the reference page.
  String described();

  /// How the text of a value is written in `varve.yaml`.
  String written(String text);

  /// One value.
  ///
  /// @param type `String.class`, `boolean.class`, `int.class`, `long.class`, `Duration.class` or an enum
  record Scalar(Class<?> type, long min, long max) implements SettingKind {
    private static final Set<Class<?>> TYPES =
        Set.of(String.class, boolean.class, int.class, long.class, Duration.class);

    public Scalar {
      if (!TYPES.contains(type) && !type.isEnum()) {
        throw new IllegalArgumentException(
            "a setting cannot be a %s".formatted(type.getSimpleName()));
      }
    }

    @Override
    public String described() {
      if (type == String.class) {
        return "text";
      }
      if (type == boolean.class) {
        return "true or false";
      }
      if (type.isEnum()) {
        return "one of " + String.join(", ", constants());
      }
      if (type == Duration.class && min == 0) {
        return "a duration of at most %s, such as 300ms, 30s or 15m"
            .formatted(DurationText.of(Duration.ofSeconds(max)));
      }
      if (type == Duration.class) {
        return "a duration from %s to %s, such as 30s, 15m, 12h or 90d"
            .formatted(
                DurationText.of(Duration.ofSeconds(min)), DurationText.of(Duration.ofSeconds(max)));
      }
      return max >= Integer.MAX_VALUE
          ? "a whole number of at least %,d".formatted(min)
          : "a whole number from %,d to %,d".formatted(min, max);
    }

    private List<String> constants() {
      return Stream.of(type.getEnumConstants()).map(Object::toString).toList();
    }

    /// No text at all would be taken for no value.
    @Override
    public String written(String text) {
      // without quotes a mark would begin a comment
      return text.isEmpty() || text.startsWith("#") ? "\"" + text + "\"" : text;
    }

    /// The value that a text stands for, or nothing when it is not of this kind.
    Optional<Object> value(String text) {
      if (type == String.class) {
        return Optional.of(text);
      }
      if (type == boolean.class) {
        return switch (text) {
          case "true" -> Optional.of(true);
          case "false" -> Optional.of(false);
          default -> Optional.empty();
        };
      }
      if (type.isEnum()) {
        return Stream.of(type.getEnumConstants())
            .map(Object.class::cast)
            .filter(constant -> constant.toString().equals(text))
            .findFirst();
      }
      if (type == Duration.class) {
        return DurationText.parse(text)
            // what is counted in seconds has no parts of one
            .filter(duration -> min == 0 || duration.toMillisPart() == 0)
            .filter(duration -> duration.compareTo(Duration.ofSeconds(min)) >= 0)
            .filter(duration -> duration.compareTo(Duration.ofSeconds(max)) <= 0)
            .map(duration -> duration);
      }
      return number(text).map(number -> type == int.class ? (Object) number.intValue() : number);
    }

    private Optional<Long> number(String text) {
      try {
        long number = Long.parseLong(text);
        long top = type == int.class ? Math.min(max, Integer.MAX_VALUE) : max;
        return number >= min && number <= top ? Optional.of(number) : Optional.empty();
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }
  }

  /// A list of texts without spaces.
  ///
  /// @param min how many at least
  /// @param max how many at most
  record Texts(long min, long max) implements SettingKind {
    @Override
    public String described() {
      return "a list of texts, such as [a, b]; one text is split at its spaces" + bounds(min, max);
    }

    @Override
    public String written(String text) {
      return "[" + String.join(", ", split(text).stream().map(Texts::quoted).toList()) + "]";
    }

    /// A star alone would be taken for an alias of YAML.
    private static String quoted(String text) {
      return text.startsWith("*") || text.contains(": ") ? '"' + text + '"' : text;
    }

    static List<String> split(String text) {
      return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }
  }

  /// Texts under names that the file gives, such as the values of headers: `{X-Env: test}`.
  ///
  /// @param max how many at most
  record Pairs(long max) implements SettingKind {
    @Override
    public String described() {
      return "texts by name, such as {a: b}" + bounds(0, max);
    }

    @Override
    public String written(String text) {
      return "{}";
    }
  }

  /// A list of records, or records under names that the file gives.
  ///
  /// @param named whether each stands under its name, which is its first component then
  /// @param capitals whether names may have them
  /// @param members the settings of each, whose keys are those of the list and `[].` before their name
  /// @param min how many at least
  /// @param max how many at most
  record Records(
      Class<? extends Record> type,
      boolean named,
      boolean capitals,
      List<SettingDefinition> members,
      long min,
      long max)
      implements SettingKind {
    private static final String NAME = "[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?";

    public Records {
      members = List.copyOf(members);
    }

    /// Whether a record may stand under this name.
    boolean isName(String name) {
      return (capitals ? name.toLowerCase(Locale.ROOT) : name).matches(NAME);
    }

    /// What a name is made of, for messages.
    String letters() {
      return capitals ? "letters" : "small letters";
    }

    @Override
    public String described() {
      String names =
          String.join(
              ", ",
              members.stream()
                  .map(member -> member.inElement().split("\\.", -1)[0])
                  .distinct()
                  .toList());
      String each = named ? "a name for each, under which stand " : "a list; each element has ";
      return each + names + bounds(min, max);
    }

    @Override
    public String written(String text) {
      return named ? "{}" : "[]";
    }
  }

  private static String bounds(long min, long max) {
    if (max < Integer.MAX_VALUE) {
      return "; from %,d to %,d of them".formatted(min, max);
    }
    return min > 0 ? "; at least %,d of them".formatted(min) : "";
  }
}
