package dev.varve.transfer;

import dev.varve.kernel.Nearest;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What `--columns` says: which field a column goes to, for one model or for all.
final class ColumnNames {
  private static final String SKIP = "-";

  private final List<Entry> entries;

  private ColumnNames(List<Entry> entries) {
    this.entries = entries;
  }

  /// @param model that it is for; absent for all
  /// @param field the path of the field, or `-`
  record Entry(Optional<Model> model, String column, String field) {
    boolean skips() {
      return field.equals(SKIP);
    }

    boolean isFor(Model other) {
      return model.isEmpty() || model.get() == other;
    }

    String text() {
      return model.map(known -> known.name() + ".").orElse("") + column + "=" + field;
    }
  }

  /// @param texts such as `CustomerId=customer,Invoice.Total=total,Fax=-`
  static ColumnNames read(Schema schema, List<String> texts, Collection<String> mistakes) {
    List<Entry> entries = new ArrayList<>();
    for (String text : texts) {
      for (String part : text.split(",", -1)) {
        int equals = part.indexOf('=');
        if (equals < 1 || equals == part.length() - 1) {
          mistakes.add(
              "--columns %s: write COLUMN=FIELD, such as CustomerId=customer, or COLUMN=- to leave a column out"
                  .formatted(part));
        } else {
          String column = part.substring(0, equals).strip();
          entries.add(entry(schema, column, part.substring(equals + 1).strip()));
        }
      }
    }
    return new ColumnNames(entries);
  }

  private static Entry entry(Schema schema, String column, String field) {
    int point = column.indexOf('.');
    Optional<Model> model = point < 1 ? Optional.empty() : schema.model(column.substring(0, point));
    return new Entry(model, model.isPresent() ? column.substring(point + 1) : column, field);
  }

  /// What is said about a column; what is said for the model alone counts first.
  Optional<Entry> find(Model model, String column) {
    Optional<Entry> own =
        entries.stream()
            .filter(entry -> entry.model().isPresent() && entry.model().get() == model)
            .filter(entry -> entry.column().equals(column))
            .findFirst();
    return own.or(() ->
        entries.stream()
            .filter(entry -> entry.model().isEmpty() && entry.column().equals(column))
            .findFirst());
  }

  /// Names what speaks of a column that no file has.
  void refuseUnused(List<Header> headers, Collection<String> mistakes) {
    for (Entry entry : entries) {
      List<String> columns =
          headers.stream()
              .filter(header -> entry.isFor(header.model()))
              .flatMap(header -> header.columns().stream())
              .distinct()
              .toList();
      // a line further down may have more keys than the first
      boolean open =
          headers.stream().anyMatch(header -> entry.isFor(header.model()) && header.mayGrow());
      if (!open && !columns.contains(entry.column())) {
        mistakes.add(
            "--columns %s: no file has a column '%s'.%s"
                .formatted(entry.text(), entry.column(), Nearest.hint(entry.column(), columns)));
      }
    }
  }

  /// The columns of a file.
  ///
  /// @param mayGrow whether later lines can have others
  record Header(Model model, List<String> columns, boolean mayGrow) {}
}
