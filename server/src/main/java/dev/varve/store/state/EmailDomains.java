package dev.varve.store.state;

import dev.varve.kernel.Json;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import dev.varve.schema.record.JsonValues;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/// Turns the domains of the e-mail addresses that a model has in its tables to lower case, as those that are written
/// now are kept. The log stays as it is; replayed, it gives the same.
final class EmailDomains {
  private final DSLContext dialect;
  private final Session session;
  private final Model model;

  EmailDomains(DSLContext dialect, Session session, Model model) {
    this.dialect = dialect;
    this.session = session;
    this.model = model;
  }

  /// Whether values of the field are e-mail addresses or have some in them.
  static boolean holdsEmail(Field field) {
    return field.type() == ScalarType.EMAIL
        || (field.type() instanceof ValueType value
            && value.fields().stream().anyMatch(EmailDomains::holdsEmail));
  }

  void renew() throws SQLException {
    for (Field field : model.fields()) {
      if (holdsEmail(field)) {
        for (Table<Record> table : ModelTable.all(model)) {
          renew(field, table);
        }
      }
    }
  }

  private void renew(Field field, Table<Record> table) throws SQLException {
    String column = dialect.render(ModelTable.column(field));
    String name = dialect.render(table);
    String select =
        "SELECT DISTINCT %s FROM %s WHERE %s"
            .formatted(column, name, dialect.renderInlined(candidates(field)));
    for (String text : session.list(select, List.of(), row -> row.getString(1))) {
      String kept = renewed(field, text);
      if (!kept.equals(text)) {
        replace(field, name, column, text, kept);
      }
    }
  }

  /// In a column of its own an address has one @, behind which most are in lower case already.
  private static Condition candidates(Field field) {
    org.jooq.Field<String> text = ModelTable.column(field).coerce(String.class);
    org.jooq.Field<Integer> at = DSL.position(text, DSL.inline("@"));
    if (!isPlain(field)) {
      return at.gt(DSL.inline(0));
    }
    org.jooq.Field<String> domain = DSL.substring(text, at);
    // lower() of SQLite knows the letters of ASCII alone
    return domain.ne(DSL.lower(domain)).or(DSL.octetLength(domain).ne(DSL.length(domain)));
  }

  private static boolean isPlain(Field field) {
    return field.type() == ScalarType.EMAIL && !field.list();
  }

  /// What a column holds, as it is kept now.
  static String renewed(Field field, String text) {
    if (isPlain(field)) {
      return field.kept(text);
    }
    Object value = JsonValues.read(field, Json.read(text.getBytes(StandardCharsets.UTF_8)));
    return (String) Objects.requireNonNull(SqlValues.toSql(field, value));
  }

  private void replace(Field field, String table, String column, String text, String kept)
      throws SQLException {
    try {
      String update = "UPDATE %s SET %s = ? WHERE %s = ?".formatted(table, column, column);
      session.attempt(() -> session.update(update, List.of(kept, text)));
    } catch (SQLException e) {
      if (!session.dialect().isConstraintViolation(e)) {
        throw e;
      }
      throw new SchemaRefused(List.of(conflict(field, table, column, text, kept)));
    }
  }

  private String conflict(Field field, String table, String column, String text, String kept)
      throws SQLException {
    String select =
        "SELECT %s FROM %s WHERE %s IN (?, ?) ORDER BY 1 LIMIT %d"
            .formatted(
                dialect.render(ModelTable.column(model.id())),
                table,
                column,
                StoredIds.NAMED_MAX + 1);
    List<String> ids = session.list(select, List.of(kept, text), row -> row.getString(1));
    return "%s.%s: the domain of an e-mail address is the same in every case, and several stored records have '%s' (%s): change all but one first, with the version of Varve that wrote them"
        .formatted(model.name(), field.name(), kept, StoredIds.named(ids));
  }
}
