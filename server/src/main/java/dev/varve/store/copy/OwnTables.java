package dev.varve.store.copy;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Varve's own tables, each with what becomes of it in a copy. The log keeps none of them.
final class OwnTables {
  /// All that begin like this are Varve's own: no model may have such a table.
  private static final String PREFIX = "varve_";

  private static final Pattern PART_OF_LOG = Pattern.compile("varve_log_\\d+");

  /// Copied row by row. The schema files come first: the tables of models are made by them.
  static final List<String> COPIED =
      List.of(
          "varve_schema",
          "varve_epoch",
          "varve_idempotency",
          "varve_signing_key",
          "varve_api_key",
          "varve_credential",
          "varve_session",
          "varve_refresh_token",
          "varve_mail_token",
          "varve_attempt",
          "varve_known_network",
          "varve_totp",
          "varve_recovery_code",
          "varve_trusted_device",
          "varve_passkey",
          "varve_passkey_user",
          "varve_link",
          "varve_client",
          "varve_client_secret",
          "varve_client_registration",
          "varve_consent",
          "varve_single_use",
          "varve_flow",
          "varve_device",
          "varve_logout",
          "varve_outbox");

  /// Made in each database by what it is told of: the log, and what follows from it.
  static final Set<String> MADE_ANEW =
      Set.of(
          "varve_log",
          // the end of the log, noted with it
          "varve_head",
          "varve_checkpoint",
          // by which rules the tables of models were made, and how far that has come
          "varve_text_rules",
          "varve_rebuild",
          // who serves the data, and what they tell each other
          "varve_node",
          "varve_notice",
          "varve_server",
          // while there are such rows nothing is copied
          "varve_lost",
          // of one database alone
          "varve_migrations",
          "varve_copy");

  private OwnTables() {}

  static boolean isOwn(String table) {
    return table.startsWith(PREFIX);
  }

  /// Whether it is known what becomes of a table. What was left out would be missed by nobody, until somebody signs in.
  static boolean isDecided(String table) {
    return COPIED.contains(table)
        || MADE_ANEW.contains(table)
        || PART_OF_LOG.matcher(table).matches();
  }
}
