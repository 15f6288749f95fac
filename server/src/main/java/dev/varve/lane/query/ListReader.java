package dev.varve.lane.query;

import dev.varve.lane.access.Read;
import dev.varve.lane.expression.Bindings;
import dev.varve.lane.expression.Predicate;
import dev.varve.schema.Model;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.BoundValues;
import dev.varve.store.sql.SqlValues;
import dev.varve.store.sql.StatementText;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads one page of a list.
final class ListReader {
  private static final long BYTES_MAX = 16L * 1024 * 1024;
  // the others are for related records, and for what is made of it all
  private static final int ALLOWANCE_PARTS = 4;

  private final ReadContext view;
  private final Read.Page page;
  private final RowShape shape;
  private final BoundValues parameters = new BoundValues();
  private final ListShape question;
  private final ListStatements.Texts texts;
  private long bytes;

  ListReader(ReadContext view, Read.Page page, ListStatements statements) throws SQLException {
    this.view = view;
    this.page = page;
    this.shape =
        RowShape.of(
            view.grants(),
            page.model(),
            page.selection(),
            page.sort().stream().map(Read.Sort::field).toList());
    this.question = question();
    this.texts = statements.of(question);
  }

  private ListShape question() throws SQLException {
    Model model = page.model();
    Bindings bindings = view.bindings();
    // of records that are wanted in part, memory would hold all
    boolean idsAlone =
        view.asOf().isEmpty()
            && shape.isWhole()
            && shape.flags().isEmpty()
            && view.cache().keeps(model);
    return new ListShape(
        model,
        idsAlone ? List.of() : shape.ordinals(),
        bound(shape.flags(), bindings),
        view.readRule(model).bound(bindings, parameters),
        page.filter().map(filter -> filter.bound(bindings, parameters)),
        related(bindings),
        ListShape.Order.of(page.sort()),
        window(model),
        page.count());
  }

  private ListShape.Window window(Model model) throws SQLException {
    return new ListShape.Window(
        view.asOf().isPresent()
            ? Optional.of(parameters.add(view.asOf().getAsLong()))
            : Optional.empty(),
        page.after().map(place -> Keyset.places(model, page.sort(), place, parameters)),
        until(),
        parameters.add(page.limit() + 1L));
  }

  private List<Predicate> bound(List<Predicate> predicates, Bindings bindings) {
    return predicates.stream().map(predicate -> predicate.bound(bindings, parameters)).toList();
  }

  /// A condition of the caller finds no related record that may not be read.
  private Map<Model, Predicate> related(Bindings bindings) {
    if (page.filter().isEmpty()) {
      return Map.of();
    }
    Map<Model, Predicate> rules = new LinkedHashMap<>();
    for (Model model : page.filter().get().related()) {
      rules.put(model, view.readRule(model).bound(bindings, parameters));
    }
    return rules;
  }

  /// No record that was there at a moment was written after it: a list that begins with the newest need
  /// not look at all that came later.
  private Optional<BoundValues.Place> until() throws SQLException {
    if (view.asOf().isEmpty() || page.after().isPresent() || page.sort().isEmpty()) {
      return Optional.empty();
    }
    Read.Sort first = page.sort().getFirst();
    Model model = page.model();
    boolean byTime =
        first.field().equals(model.createdAt()) || first.field().equals(model.updatedAt());
    if (!byTime || !first.descending()) {
      return Optional.empty();
    }
    long at = SqlValues.micros(EventLog.instantAt(view.session(), view.asOf().getAsLong()));
    return Optional.of(parameters.add(at));
  }

  Page page() throws SQLException {
    List<StoredRow> rows = question.idsAlone() ? rowsOfIds() : rows();
    boolean more = rows.size() > page.limit() || isFull();
    List<StoredRow> given = more ? rows.subList(0, Math.max(1, rows.size() - 1)) : rows;
    given.forEach(view::counted);
    return new Page(
        new Expander(view).items(given, page.selection()),
        more ? Optional.of(Cursor.key(page.sort(), given.getLast().entity())) : Optional.empty(),
        count(),
        view.position());
  }

  /// The rows of the page, and one more to know whether there are more. A page of very large records ends before it
  /// has as many as were asked for.
  private List<StoredRow> rows() throws SQLException {
    List<StoredRow> rows = new ArrayList<>();
    for (StatementText text : texts.pages()) {
      int missing = page.limit() + 1 - rows.size();
      if (missing <= 0 || isFull()) {
        break;
      }
      parameters.set(question.window().limit(), (long) missing);
      rows.addAll(view.session().listUntil(text, parameters, shape::read, this::fills));
    }
    return rows;
  }

  /// The same where the index gives the ids and memory most of the records.
  private List<StoredRow> rowsOfIds() throws SQLException {
    KeptRecords records = new KeptRecords(view, page.model(), ids());
    Bindings bindings = view.bindings();
    List<StoredRow> rows = new ArrayList<>();
    while (records.hasNext() && !isFull()) {
      StoredRow row = shape.of(records.next(), bindings);
      rows.add(row);
      fills(row);
    }
    return rows;
  }

  private List<String> ids() throws SQLException {
    List<String> ids = new ArrayList<>();
    for (StatementText text : texts.pages()) {
      int missing = page.limit() + 1 - ids.size();
      if (missing <= 0) {
        break;
      }
      parameters.set(question.window().limit(), (long) missing);
      ids.addAll(view.session().list(text, parameters, row -> row.getString(1)));
    }
    return ids;
  }

  private boolean fills(StoredRow row) {
    bytes += row.bytes();
    return isFull();
  }

  private boolean isFull() {
    return bytes > BYTES_MAX || bytes > view.allowance().bytesMax() / ALLOWANCE_PARTS;
  }

  private OptionalLong count() throws SQLException {
    if (texts.count().isEmpty()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(
        view.session().list(texts.count().get(), parameters, row -> row.getLong(1)).getFirst());
  }

  /// What the database is asked, for whoever wants to know how it goes about it.
  List<StatementText> statements() {
    return texts.pages();
  }

  BoundValues parameters() {
    return parameters;
  }
}
