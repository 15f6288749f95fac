package dev.varve.store.state;

import dev.varve.kernel.UserMistake;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.TextRuleSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;

/// By which rules texts are kept and folded in the tables of models. A database remembers them; when they have changed
/// since, what follows from them is made anew, in the session's transaction.
final class TextRules {
  /// Changes with what is made of a text here, and with Java, whose newer Unicode knows more letters.
  static final TextRuleSet CURRENT = TextRuleSet.here(1);

  private static final String TABLE = "varve_text_rules";

  private final DSLContext dialect;
  private final Session session;

  TextRules(DSLContext dialect, Session session) {
    this.dialect = dialect;
    this.session = session;
  }

  /// Whether what is stored follows other rules, or none yet.
  static boolean areOutdated(Session session) throws SQLException {
    return !session.dialect().tables(session).contains(TABLE)
        || !stored(session).equals(CURRENT.toString());
  }

  private static String stored(Session session) throws SQLException {
    return session
        .first("SELECT rules FROM " + TABLE + " WHERE id = 1", List.of(), row -> row.getString(1))
        .orElse("");
  }

  /// What would be made anew, in sentences.
  static List<String> outdated(Session session, Schema schema) throws SQLException {
    if (!areOutdated(session)) {
      return List.of();
    }
    List<String> sentences = new ArrayList<>();
    for (Model model : schema.models()) {
      if (model.fields().stream().anyMatch(EmailDomains::holdsEmail)) {
        sentences.add(
            "Keeps the domains of e-mail addresses of %s in lower case; it fails if stored ones that are unique differ by that only."
                .formatted(model.name()));
      }
      if (!model.foldedForms().isEmpty()) {
        sentences.add(
            "Folds the case of texts of %s anew, by the Unicode of this Java."
                .formatted(model.name()));
      }
    }
    return sentences;
  }

  /// Brings what is stored under the current rules.
  ///
  /// @param schema that the tables have
  /// @return what was done, in sentences
  /// @throws SchemaRefused when records that were unique are no more
  /// @throws UserMistake when other nodes go by newer rules, which this one would take back
  List<String> renew(Schema schema) throws SQLException {
    requireNotNewer();
    List<String> sentences = outdated(session, schema);
    if (!areOutdated(session)) {
      return sentences;
    }
    FoldedColumns folded = new FoldedColumns(dialect, session);
    for (Model model : schema.models()) {
      new EmailDomains(dialect, session, model).renew();
      folded.fill(model, model.foldedForms());
    }
    noteCurrent(session);
    return sentences;
  }

  private void requireNotNewer() throws SQLException {
    if (!session.dialect().isShared()) {
      return;
    }
    Optional<TextRuleSet> stored = TextRuleSet.of(stored(session));
    if (stored.isPresent() && stored.get().isNewerThan(CURRENT)) {
      throw new UserMistake(
          List.of(
              "The texts of the data follow newer rules (%s) than this process has (%s), and other nodes may go by those. Start it with that Java or a newer one, and the newest Varve that serves the data"
                  .formatted(stored.get(), CURRENT)));
    }
  }

  /// Notes that what is stored follows the current rules.
  static void noteCurrent(Session session) throws SQLException {
    session.update(
        "INSERT INTO "
            + TABLE
            + " (id, rules) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET rules = excluded.rules",
        List.of(CURRENT.toString()));
  }
}
