package dev.varve.face.auth;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.varve.kernel.Nearest;
import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IllformedLocaleException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A folder of files that add languages to pages and mails, or say something otherwise: one `TAG.properties` in UTF-8 for each language, as
/// BCP 47 names it. What a file leaves out is said as before: in the language that it is a kind of, or in English.
final class LanguageFiles {
  static final String SETTING = "pages.languages";
  private static final String ENDING = ".properties";
  private static final String ENGLISH = "en" + ENDING;

  // more languages than any application speaks
  private static final int FILES_MAX = 100;
  // many times all texts
  private static final int BYTES_MAX = 256 * 1024;
  private static final int MISTAKES_MAX = 20;
  private static final Pattern PLACE = Pattern.compile("%(?:([1-9])\\$)?([sd%])");

  private final Path folder;
  private final List<String> mistakes = new ArrayList<>();

  LanguageFiles(String folder) {
    this.folder = Path.of(folder);
  }

  /// @throws WrongSetting with every mistake
  Languages read() {
    Languages languages = Languages.OWN;
    for (Path file : files()) {
      String name = name(file);
      Locale language = language(name.substring(0, name.length() - ENDING.length()), name);
      Map<String, String> texts = texts(file, name);
      texts.forEach((key, text) -> check(name, key, text));
      if (mistakes.isEmpty()) {
        languages = languages.with(languages.nearest(language).with(language, texts));
      }
    }
    if (!mistakes.isEmpty()) {
      throw new WrongSetting(
          SETTING,
          "is %s, where not everything can be used: %s"
              .formatted(
                  folder,
                  String.join(". ", mistakes.subList(0, Math.min(mistakes.size(), MISTAKES_MAX)))));
    }
    return languages;
  }

  /// English first, in which is said what others leave out; then each language before its kinds.
  private List<Path> files() {
    if (!Files.isDirectory(folder)) {
      throw new WrongSetting(
          SETTING,
          "is %s, which is no folder. Make it, or leave the setting out".formatted(folder));
    }
    try (Stream<Path> found = Files.list(folder)) {
      List<Path> files =
          found
              .filter(file -> name(file).endsWith(ENDING))
              .limit(FILES_MAX + 1L)
              .sorted(
                  Comparator.comparing((Path file) -> !name(file).equals(ENGLISH))
                      .thenComparingInt(file -> name(file).length())
                      .thenComparing(Path::compareTo))
              .toList();
      if (files.size() > FILES_MAX) {
        throw new WrongSetting(
            SETTING,
            "is %s, which has more than %d files. Keep those of languages there alone"
                .formatted(folder, FILES_MAX));
      }
      return files;
    } catch (IOException e) {
      throw new WrongSetting(
          SETTING,
          "is %s, which cannot be read: %s. Let this process read it"
              .formatted(folder, e.getMessage()));
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private Locale language(String tag, String name) {
    try {
      Locale language = new Locale.Builder().setLanguageTag(tag).build();
      if (language.toLanguageTag().equals(tag) && !language.getLanguage().isEmpty()) {
        return language;
      }
    } catch (IllformedLocaleException e) {
      // told below
    }
    mistakes.add(
        "%s is named after no language. Name it as BCP 47 does, such as fr.properties or de-AT.properties"
            .formatted(name));
    return Locale.ENGLISH;
  }

  private Map<String, String> texts(Path file, String name) {
    try {
      if (Files.size(file) > BYTES_MAX) {
        mistakes.add(
            "%s is larger than %d KiB. Keep nothing in it but texts"
                .formatted(name, BYTES_MAX / 1024));
        return Map.of();
      }
      Properties properties = new Properties();
      properties.load(new StringReader(Files.readString(file)));
      return new TreeMap<>(Languages.texts(properties));
    } catch (MalformedInputException e) {
      mistakes.add("%s is not UTF-8 text. Save it as UTF-8".formatted(name));
    } catch (IllegalArgumentException e) {
      mistakes.add("%s has a \\u without four digits. Write the character itself".formatted(name));
    } catch (IOException e) {
      mistakes.add(
          "%s cannot be read: %s. Let this process read it".formatted(name, e.getMessage()));
    }
    return Map.of();
  }

  private void check(String name, String key, String text) {
    Texts english = Languages.OWN.of(Locale.ENGLISH);
    if (!english.has(key)) {
      mistakes.add(
          "%s has '%s', and there is no such text.%s Take it out"
              .formatted(name, key, Nearest.hint(key, english.all().keySet())));
      return;
    }
    Map<Integer, String> wanted = places(english.pattern(key));
    boolean loose = PLACE.matcher(text).replaceAll("").contains("%");
    if (loose || !places(text).equals(wanted)) {
      mistakes.add(
          "%s has '%s' with other places for what is put in than '%s' has. Write each of them once, as %%s or %%1$s, and a percent sign as %%%%"
              .formatted(name, key, english.pattern(key).strip()));
    }
  }

  /// What is put in where, by the number of the value. Nobody fills a place twice.
  private static Map<Integer, String> places(String text) {
    Map<Integer, String> places = new TreeMap<>();
    Matcher matcher = PLACE.matcher(text);
    int next = 1;
    int twice = -1;
    while (matcher.find()) {
      if (matcher.group(2).equals("%")) {
        continue;
      }
      String number = matcher.group(1);
      int index = number == null ? next++ : Integer.parseInt(number);
      if (places.put(index, matcher.group(2)) != null) {
        places.put(twice--, matcher.group(2)); // equal to no places of ours
      }
    }
    return places;
  }
}
