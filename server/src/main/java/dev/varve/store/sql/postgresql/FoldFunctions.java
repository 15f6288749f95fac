package dev.varve.store.sql.postgresql;

import dev.varve.kernel.Folding;
import dev.varve.kernel.Lazy;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.TextRuleSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/// [Folding#fold] as functions in the database, made from what Java knows of letters: what each character of decomposed text
/// folds to is a table that does not depend on its neighbours.
final class FoldFunctions {
  /// Changes with how texts are folded, and with Java, whose newer Unicode knows more letters.
  private static final TextRuleSet RULES = TextRuleSet.here(1);

  // "VARF"
  private static final int LOCK = 0x56415246;

  // every letter that Java knows is looked at for them
  private static final Lazy<String> CASE_FOLDED = new Lazy<>(FoldFunctions::caseFolded);
  private static final Lazy<String> WITHOUT_ACCENTS = new Lazy<>(FoldFunctions::withoutAccents);

  private FoldFunctions() {}

  static String name(Folding folding) {
    return "varve_fold_" + folding.name().toLowerCase(Locale.ROOT);
  }

  /// Makes them where they are missing or follow older rules. A node on an older Java takes none away that others use.
  static void makeIn(Session session) throws SQLException {
    if (areMade(session)) {
      return;
    }
    // several nodes may start at once
    session.list(
        "SELECT pg_advisory_lock(?, hashtext(current_schema()))", List.of(LOCK), row -> true);
    try {
      makeWhereMissing(session);
    } finally {
      session.list(
          "SELECT pg_advisory_unlock(?, hashtext(current_schema()))", List.of(LOCK), row -> true);
    }
  }

  private static void makeWhereMissing(Session session) throws SQLException {
    if (!areMade(session)) {
      session.execute(function(Folding.CASE, CASE_FOLDED.get()));
      session.execute(function(Folding.ACCENTS, WITHOUT_ACCENTS.get()));
      session.execute(
          "COMMENT ON FUNCTION %s(text) IS '%s'".formatted(name(Folding.ACCENTS), RULES));
    }
  }

  private static boolean areMade(Session session) throws SQLException {
    return rules(session).stream()
        .flatMap(text -> TextRuleSet.of(text).stream())
        .anyMatch(made -> !RULES.isNewerThan(made));
  }

  private static List<String> rules(Session session) throws SQLException {
    return session.list(
        "SELECT coalesce(obj_description(oid, 'pg_proc'), '') FROM pg_proc"
            + " WHERE proname = ? AND pronamespace = current_schema()::regnamespace",
        List.of(name(Folding.ACCENTS)),
        row -> row.getString(1));
  }

  /// Text without other letters than those of ASCII has a way of its own, which is much shorter.
  private static String function(Folding folding, String folded) {
    return """
    CREATE OR REPLACE FUNCTION %s(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $fold$
      SELECT CASE WHEN octet_length($1) = length($1) THEN lower($1 COLLATE "C") ELSE %s END
    $fold$\
    """
        .formatted(name(folding), folded);
  }

  private static String caseFolded() {
    StringBuilder from = new StringBuilder();
    StringBuilder to = new StringBuilder();
    StringBuilder before = new StringBuilder();
    StringBuilder behind = new StringBuilder();
    for (int c = 0x80; c <= Character.MAX_CODE_POINT; c++) {
      if (!Character.isLetter(c) && !isCased(c)) {
        continue;
      }
      String letter = Character.toString(c);
      String folded = Folding.CASE.fold(letter);
      if (folded.equals(letter) || isDecomposed(letter)) {
        continue;
      }
      if (folded.codePointCount(0, folded.length()) == 1) {
        from.append(letter);
        to.append(folded);
      } else {
        before.append("replace(");
        behind.append(", '%s', '%s')".formatted(letter, folded));
      }
    }
    return "normalize(%stranslate(normalize($1, NFD), '%s', '%s')%s, NFC)"
        .formatted(before, ascii(from), asciiLower(to), behind);
  }

  private static boolean isCased(int c) {
    return Character.toUpperCase(c) != c || Character.toLowerCase(c) != c;
  }

  /// Whether NFD has other characters for it, so that it is never met.
  private static boolean isDecomposed(String letter) {
    return !java.text.Normalizer.isNormalized(letter, java.text.Normalizer.Form.NFD);
  }

  // the letters of ASCII stand in text with others, too
  private static String ascii(StringBuilder from) {
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + from;
  }

  private static String asciiLower(StringBuilder to) {
    return "abcdefghijklmnopqrstuvwxyz" + to;
  }

  private static String withoutAccents() {
    StringBuilder accents = new StringBuilder();
    for (int c = 0x80; c <= Character.MAX_CODE_POINT; c++) {
      if (Character.getType(c) == Character.NON_SPACING_MARK
          && Folding.ACCENTS.fold("a" + Character.toString(c)).equals("a")) {
        accents.appendCodePoint(c);
      }
    }
    return "normalize(translate(normalize(%s($1), NFD), '%s', ''), NFC)"
        .formatted(name(Folding.CASE), accents);
  }
}
