package dev.varve.identity.account;

import dev.varve.identity.provider.Somebody;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Identities at providers by which accounts sign in. One is found by provider, issuer and subject together, and by nothing else:
/// addresses change hands.
public final class Links {
  /// Nobody has more.
  public static final long OF_ACCOUNT_MAX = 20;

  private static final String COLUMNS =
      "id, account, provider, issuer, subject, email, created_at, last_used_at, tokens";

  private Links() {}

  /// @param email what the provider said of the address, when it was linked
  /// @param tokens what the provider gave for itself, sealed, where the settings keep it
  public record Link(
      String id,
      String account,
      String provider,
      String issuer,
      String subject,
      Optional<String> email,
      Instant since,
      Instant lastUsedAt,
      Optional<String> tokens) {
    /// Who it is to the provider.
    public Somebody somebody() {
      return Somebody.named(provider, issuer, subject);
    }

    /// Without what the provider gave.
    @Override
    public String toString() {
      return "Link[%s]".formatted(id);
    }
  }

  /// The link of somebody, if they have one.
  public static Optional<Link> find(Session session, Somebody somebody) throws SQLException {
    return session.first(
        "SELECT "
            + COLUMNS
            + " FROM varve_link WHERE provider = ? AND issuer = ? AND subject = ? AND ended_at IS NULL",
        List.of(somebody.provider(), somebody.issuer(), somebody.subject()),
        Links::read);
  }

  /// The link of that id.
  public static Optional<Link> find(WriteContext write, String id) throws SQLException {
    return write
        .session()
        .first(
            "SELECT " + COLUMNS + " FROM varve_link WHERE id = ? AND ended_at IS NULL",
            List.of(id),
            Links::read);
  }

  /// Those of an account, the oldest first.
  public static List<Link> of(Session session, String account) throws SQLException {
    return session.list(
        "SELECT "
            + COLUMNS
            + " FROM varve_link WHERE account = ? AND ended_at IS NULL ORDER BY created_at, id LIMIT ?",
        List.of(account, OF_ACCOUNT_MAX),
        Links::read);
  }

  public static List<Link> of(Database database, String account) {
    return database.lookup(session -> of(session, account));
  }

  private static Link read(ResultSet row) throws SQLException {
    return new Link(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        Optional.ofNullable(row.getString(6)),
        SqlValues.instant(row.getLong(7)),
        SqlValues.instant(row.getLong(8)),
        Optional.ofNullable(row.getString(9)));
  }

  /// Links somebody, who must have no link yet, to an account.
  public static void add(WriteContext write, String id, String account, Somebody somebody)
      throws SQLException {
    long now = SqlValues.micros(write.at());
    write
        .session()
        .update(
            "DELETE FROM varve_link WHERE provider = ? AND issuer = ? AND subject = ? AND ended_at IS NOT NULL",
            List.of(somebody.provider(), somebody.issuer(), somebody.subject()));
    write
        .session()
        .update(
            "INSERT INTO varve_link (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            Arrays.asList(
                id,
                account,
                somebody.provider(),
                somebody.issuer(),
                somebody.subject(),
                somebody.email().orElse(null),
                now,
                now,
                somebody.tokens().orElse(null)));
  }

  /// Notes that somebody came by it.
  ///
  /// @param tokens what is kept of it from now on
  public static void used(WriteContext write, String id, Optional<String> tokens)
      throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_link SET last_used_at = ?, tokens = ? WHERE id = ?",
            Arrays.asList(SqlValues.micros(write.at()), tokens.orElse(null), id));
  }

  /// Keeps other tokens in the place of those that it has, unless it has others by now.
  public static void keep(WriteContext write, Link link, Optional<String> tokens)
      throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_link SET tokens = ? WHERE id = ? AND ended_at IS NULL AND tokens = ?",
            Arrays.asList(tokens.orElse(null), link.id(), link.tokens().orElse("")));
  }

  /// Removes a link of an account. That it was there is known for as long as the account is.
  public static void remove(WriteContext write, Link link) throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_link SET ended_at = ?, tokens = NULL WHERE id = ?",
            List.of(SqlValues.micros(write.at()), link.id()));
    write
        .session()
        .update(
            "DELETE FROM varve_link WHERE account = ? AND ended_at IS NOT NULL AND id NOT IN"
                + " (SELECT id FROM varve_link WHERE account = ? AND ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT ?)",
            List.of(link.account(), link.account(), OF_ACCOUNT_MAX));
  }

  /// Whether an account had a link to somebody that was removed.
  public static boolean wasRemoved(WriteContext write, String account, Somebody somebody)
      throws SQLException {
    return write
        .session()
        .first(
            "SELECT 1 FROM varve_link WHERE provider = ? AND issuer = ? AND subject = ? AND account = ?"
                + " AND ended_at IS NOT NULL",
            List.of(somebody.provider(), somebody.issuer(), somebody.subject(), account),
            _ -> true)
        .isPresent();
  }

  /// Takes all links from an account: it is no more, or somebody else has proven that it is theirs.
  public static int removeAll(WriteContext write, String account) throws SQLException {
    return write.session().update("DELETE FROM varve_link WHERE account = ?", List.of(account));
  }
}
