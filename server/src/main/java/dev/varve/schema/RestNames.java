package dev.varve.schema;

import java.util.List;

/// The names that the REST face takes for itself. They stand here so that a schema file whose fields or models would
/// meet them is refused when it is read.
public final class RestNames {
  public static final String LIMIT = "limit";
  public static final String CURSOR = "cursor";
  public static final String SORT = "sort";
  public static final String FIELDS = "fields";
  public static final String EXPAND = "expand";
  public static final String FILTER = "filter";
  public static final String AS_OF = "asOf";
  public static final String COUNT = "count";

  /// The parameters of a list. A field that has one of these names is filtered by with an operator: `limit[eq]=5`.
  public static final List<String> LIST_PARAMETERS =
      List.of(LIMIT, CURSOR, SORT, FIELDS, EXPAND, FILTER, COUNT, AS_OF);

  /// `/api/batch`.
  public static final String BATCH = "batch";

  /// `/api/events`.
  public static final String EVENTS = "events";

  private RestNames() {}
}
