package dev.varve.lane.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.store.sql.StatementText;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;

/// The texts of the queries of lists, made once for each shape of request: to make one takes longer than to run it.
final class ListStatements {
  // an application asks for a few dozen; who makes up filters makes others give way
  private static final int SHAPES_MAX = 1_000;

  private final DSLContext dialect;
  private final Cache<ListShape, Texts> texts =
      Caffeine.newBuilder().maximumSize(SHAPES_MAX).build();

  ListStatements(DSLContext dialect) {
    this.dialect = dialect;
  }

  /// @param pages give the page, one after the other until there are rows enough
  /// @param count gives the number of records of the whole list, where that is wanted
  record Texts(List<StatementText> pages, Optional<StatementText> count) {}

  Texts of(ListShape shape) {
    return texts.get(shape, this::make);
  }

  private Texts make(ListShape shape) {
    ListQueries queries = new ListQueries(dialect, shape);
    return new Texts(
        queries.pages().stream().map(page -> StatementText.of(dialect, page)).toList(),
        shape.count() ? Optional.of(StatementText.of(dialect, queries.count())) : Optional.empty());
  }
}
