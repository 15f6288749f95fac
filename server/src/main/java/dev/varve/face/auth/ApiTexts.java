package dev.varve.face.auth;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Refusals as the API says them, which is in English: by the key of the same text in every language of pages (`refusals_LANGUAGE.properties`
/// beside this class). The English text is what a refusal is known by, as gettext does it, so that whoever refuses knows nothing of pages.
final class ApiTexts {
  static final String PREFIX = "refused.";
  private static final String COUNTED = PREFIX + "count.";
  // all that Varve says is shorter; what somebody else has a say in is left as it is
  private static final int LENGTH_MAX = 1_000;
  private static final Pattern PLACE = Pattern.compile("%([sd])");
  // behind what it is made with
  static final ApiTexts OWN = new ApiTexts(Languages.OWN.of(Locale.ENGLISH));

  // by their text
  private final Map<String, String> fixed = new HashMap<>();
  // those with most letters of their own first
  private final List<Filled> filled = new ArrayList<>();

  /// A text into which something is put.
  ///
  /// @param kinds of what is put in: `s` for a text, `d` for a number
  private record Filled(String key, Pattern pattern, List<String> kinds, int letters) {}

  /// What was said.
  record Said(String key, List<Object> values) {}

  private ApiTexts(Texts english) {
    english
        .all()
        .forEach((key, text) -> {
          if (key.startsWith(PREFIX)) {
            add(key, text);
          }
        });
    filled.sort(Comparator.comparingInt(Filled::letters).reversed());
  }

  private void add(String key, String text) {
    Matcher place = PLACE.matcher(text);
    StringBuilder pattern = new StringBuilder("(?s)");
    List<String> kinds = new ArrayList<>();
    int letters = 0;
    int from = 0;
    while (place.find()) {
      String kind = place.group(1);
      pattern.append(Pattern.quote(text.substring(from, place.start())));
      pattern.append(kind.equals("d") ? "([0-9]{1,18})" : "(.*)");
      kinds.add(kind);
      letters += place.start() - from;
      from = place.end();
    }
    if (kinds.isEmpty()) {
      fixed.put(text, key);
      return;
    }
    pattern.append(Pattern.quote(text.substring(from)));
    letters += text.length() - from;
    filled.add(new Filled(key, Pattern.compile(pattern.toString()), kinds, letters));
  }

  /// A number of things, such as `20 characters`, which may be put into another text.
  Optional<Said> counted(String text) {
    return find(text).filter(said -> said.key().startsWith(COUNTED));
  }

  /// Which one a text is; nothing where pages have no words of their own for it.
  Optional<Said> find(String text) {
    if (text.length() > LENGTH_MAX) {
      return Optional.empty();
    }
    String key = fixed.get(text);
    return key == null
        ? filled.stream().flatMap(each -> said(each, text).stream()).findFirst()
        : Optional.of(new Said(key, List.of()));
  }

  private static Optional<Said> said(Filled known, String text) {
    Matcher matcher = known.pattern().matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < known.kinds().size(); i++) {
      String value = matcher.group(i + 1);
      values.add(known.kinds().get(i).equals("d") ? (Object) Long.valueOf(value) : value);
    }
    return Optional.of(new Said(known.key(), values));
  }
}
