package dev.varve.face.rest;

import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.expression.Predicate;
import dev.varve.net.http.QueryString;
import dev.varve.schema.Model;
import dev.varve.schema.RestNames;
import dev.varve.schema.Schema;
import java.util.List;
import java.util.Optional;

/// The query parameters of a list.
public final class ListParameters {
  public static final String COUNT = RestNames.COUNT;

  private ListParameters() {}

  static Read.Page read(Schema schema, Model model, List<QueryString.Parameter> given) {
    ParameterErrors errors = new ParameterErrors();
    Parameters parameters = new Parameters(given, errors);
    int limit = LimitParameter.take(parameters);
    Optional<List<Read.Sort>> sort = SortParameter.take(model, parameters);
    Optional<Read.Key> after = CursorParameter.take(model, sort, parameters);
    Selection selection = SelectionParameters.take(schema, model, parameters);
    Moment moment = MomentParameter.take(parameters);
    boolean count = takeCount(parameters);
    Optional<Predicate> filter = FilterParameters.take(schema, model, parameters);
    errors.throwIfAny();
    return new Read.Page(model, moment, selection, filter, sort.orElseThrow(), limit, after, count);
  }

  private static boolean takeCount(Parameters parameters) {
    Optional<String> text = parameters.take(COUNT);
    if (text.isPresent() && !text.get().equals("exact")) {
      parameters.errors().add(COUNT, "must be exact, or left out");
    }
    return text.isPresent();
  }
}
