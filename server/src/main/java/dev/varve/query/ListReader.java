package dev.varve.query;

import dev.varve.access.Read;
import dev.varve.expression.SqlScope;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jooq.Condition;
import org.jooq.Query;
import org.jooq.impl.DSL;

/// Reads one page of a list: what the moment, the rule and the filter leave, in the order asked for,
/// behind the page before.
final class ListReader {
  private static final String ALIAS = "t";

  private final View view;
  private final Read.Page page;
  private final SqlScope scope;
  private final Shape shape;
  private final Keyset keyset;
  private final Condition wanted;

  ListReader(View view, Read.Page page) {
    this.view = view;
    this.page = page;
    this.scope = view.scope(page.model(), ALIAS);
    this.shape = Shape.of(view.grants(), page.model(), page.selection());
    this.keyset = new Keyset(scope, page.sort());
    this.wanted =
        view.readable(scope)
            .and(
                page.filter()
                    .map(filter -> view.filter(filter, scope))
                    .orElseGet(DSL::noCondition));
  }

  Page page() throws SQLException {
    List<Row> rows = rows();
    boolean more = rows.size() > page.limit();
    List<Row> given = more ? rows.subList(0, page.limit()) : rows;
    return new Page(
        new Expander(view).items(given, page.selection()),
        more ? Optional.of(keyset.key(given.getLast().entity())) : Optional.empty(),
        page.count() ? OptionalLong.of(count()) : OptionalLong.empty(),
        view.position());
  }

  /// The rows of the page, and one more to know whether there are more.
  private List<Row> rows() throws SQLException {
    List<Row> rows = new ArrayList<>();
    for (Keyset.Stretch stretch : keyset.behind(page.after())) {
      int missing = page.limit() + 1 - rows.size();
      if (missing <= 0) {
        break;
      }
      rows.addAll(view.session().list(select(stretch, missing), shape::read));
    }
    return rows;
  }

  /// The queries that give the page, until there are rows enough.
  List<Query> queries() {
    return keyset.behind(page.after()).stream()
        .map(stretch -> select(stretch, page.limit() + 1))
        .toList();
  }

  private Query select(Keyset.Stretch stretch, int limit) {
    return view.dialect()
        .select(shape.columns(scope, view))
        .from(scope.table())
        .where(wanted.and(stretch.condition()))
        .orderBy(stretch.order())
        .limit(limit);
  }

  private long count() throws SQLException {
    Query query = view.dialect().select(DSL.count()).from(scope.table()).where(wanted);
    return view.session().list(query, row -> row.getLong(1)).getFirst();
  }
}
