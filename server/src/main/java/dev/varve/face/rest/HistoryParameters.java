package dev.varve.face.rest;

import dev.varve.lane.access.Read;
import dev.varve.net.http.QueryString;
import dev.varve.schema.Model;
import java.util.List;
import java.util.Optional;

/// The query parameters of the versions of a record.
final class HistoryParameters {
  private static final List<String> NAMES = List.of(LimitParameter.NAME, CursorParameter.NAME);

  private HistoryParameters() {}

  static Read.Versions read(Model model, String id, List<QueryString.Parameter> given) {
    ParameterErrors errors = new ParameterErrors();
    Parameters parameters = new Parameters(given, errors);
    int limit = LimitParameter.take(parameters);
    Optional<Long> before = CursorParameter.takeVersion(model, id, parameters);
    parameters.refuseRest(NAMES);
    errors.throwIfAny();
    return new Read.Versions(model, id, limit, before);
  }
}
