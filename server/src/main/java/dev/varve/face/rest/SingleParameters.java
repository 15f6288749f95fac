package dev.varve.face.rest;

import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.net.http.QueryString;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.List;

/// The query parameters of a read of one record.
final class SingleParameters {
  static final List<String> NAMES =
      List.of(SelectionParameters.FIELDS, SelectionParameters.EXPAND, MomentParameter.NAME);

  private SingleParameters() {}

  static Read.One read(Schema schema, Model model, String id, List<QueryString.Parameter> given) {
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
