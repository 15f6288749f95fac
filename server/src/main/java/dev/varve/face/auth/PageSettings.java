package dev.varve.face.auth;

import com.google.re2j.Pattern;
import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.nio.file.Path;
import java.util.Locale;

/// How Varve's own pages look, such as the one to sign in; section `pages` of `varve.yaml`.
///
/// @param accentDark of whoever likes it dark
public record PageSettings(
    @Setting(
            standard = "",
            says =
                "What the application is called, at the top of each page. Empty leaves that out.")
        String name,
    @Setting(
            standard = "",
            says =
                "A picture beside the name, as a path of this server such as /logo.svg: one of the files that it serves. Empty for none.")
        String logo,
    @Setting(
            standard = "#1b5e7a",
            says =
                "The colour of buttons and links, such as #1b5e7a. It must be told apart from white: a contrast of 4.5 or more.")
        String accent,
    @Setting(
            standard = "#8cc7e0",
            says =
                "The same for whoever likes it dark. It must be told apart from black: a contrast of 4.5 or more.")
        String accentDark,
    @Setting(
            standard = "",
            says =
                "A folder of files that add languages to pages and mails, or say something otherwise, such as languages with fr.properties in it. Empty for English and German as they are.")
        String languages) {
  private static final int NAME_LENGTH_MAX = 60;
  private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_.-]+)+");
  private static final Pattern COLOUR = Pattern.compile("#[0-9a-fA-F]{6}");

  // WCAG 2.2, success criterion 1.4.3, for text of any size
  private static final double CONTRAST_MIN = 4.5;

  /// The colours behind the text of pages.
  static final String LIGHT = "#ffffff";

  static final String DARK = "#12181d";

  public static final PageSettings DEFAULT = new PageSettings("", "", "#1b5e7a", "#8cc7e0", "");

  public PageSettings {
    if (name.length() > NAME_LENGTH_MAX || name.chars().anyMatch(Character::isISOControl)) {
      throw new WrongSetting(
          "name",
          "is longer than %d characters, or has more than one line".formatted(NAME_LENGTH_MAX));
    }
    if (!logo.isEmpty() && (!PATH.matches(logo) || logo.contains(".."))) {
      throw new WrongSetting(
          "logo", "is '%s': write a path of this server, such as /logo.svg".formatted(logo));
    }
    requireContrast("accent", accent, LIGHT);
    requireContrast("accentDark", accentDark, DARK);
  }

  /// The same, with the folder where it is, seen from that of the application.
  public PageSettings in(Path app) {
    return languages.isEmpty()
        ? this
        : new PageSettings(name, logo, accent, accentDark, app.resolve(languages).toString());
  }

  private static void requireContrast(String setting, String colour, String ground) {
    if (!COLOUR.matches(colour)) {
      throw new WrongSetting(
          setting, "is '%s': write a colour as # and six hexadecimal digits".formatted(colour));
    }
    double contrast = contrast(colour, ground);
    if (contrast < CONTRAST_MIN) {
      throw new WrongSetting(
          setting,
          String.format(
              Locale.ROOT,
              "is '%s', whose contrast with %s is %.1f: take a %s one, of %.1f or more",
              colour,
              ground,
              contrast,
              ground.equals(LIGHT) ? "darker" : "lighter",
              CONTRAST_MIN));
    }
  }

  /// The contrast ratio of two colours, from 1 to 21 (WCAG 2.2).
  private static double contrast(String one, String other) {
    double a = luminance(one);
    double b = luminance(other);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }

  private static double luminance(String colour) {
    return 0.2126 * linear(colour, 1) + 0.7152 * linear(colour, 3) + 0.0722 * linear(colour, 5);
  }

  private static double linear(String colour, int start) {
    double value = Integer.parseInt(colour.substring(start, start + 2), 16) / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }
}
