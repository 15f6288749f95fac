package dev.varve.rest;

import dev.varve.access.Moment;
import dev.varve.access.Read;
import dev.varve.access.Selection;
import dev.varve.http.Query;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.List;

/// The query parameters of a read of one record.
final class SingleParameters {
  static final List<String> NAMES =
      List.of(SelectionParameters.FIELDS, SelectionParameters.EXPAND, MomentParameter.NAME);

  private SingleParameters() {}

  static Read.One read(Schema schema, Model model, String id, List<Query.Parameter> given) {
    if (given.isEmpty()) {
      return new Read.One(model, id, Moment.NOW, Selection.ALL);
    }
    ParameterErrors errors = new ParameterErrors();
    Parameters parameters = new Parameters(given, errors);
    Moment moment = MomentParameter.take(parameters);
    Selection selection = SelectionParameters.take(schema, model, parameters);
    parameters.refuseRest(NAMES);
    errors.throwIfAny();
    return new Read.One(model, id, moment, selection);
  }
}
