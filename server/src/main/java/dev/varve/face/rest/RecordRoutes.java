package dev.varve.face.rest;

import dev.varve.net.http.Handler;
import dev.varve.net.http.Route;
import dev.varve.schema.AuthRule;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The routes of a model as values, with what is told of them.
final class RecordRoutes {
  private final Model model;

  RecordRoutes(Model model) {
    this.model = model;
  }

  Route list(Handler handler) {
    return route(
        "GET",
        "",
        handler,
        "list" + capital(model.plural()),
        "List " + words(),
        "A page of the records of %s that the caller may see and for which all filters hold."
            .formatted(model.name()),
        Operation.READ);
  }

  Route create(Handler handler) {
    return route(
        "POST",
        "",
        handler,
        "create" + model.name(),
        "Create one",
        "A new record of %s, with an id of its own when the body gives none. Fields that are left out get their default."
            .formatted(model.name()),
        Operation.CREATE);
  }

  Route read(Handler handler) {
    return route(
        "GET",
        "/{id}",
        handler,
        "read" + model.name(),
        "Read one",
        "One record of %s. One that the caller may not see is not there: 404."
            .formatted(model.name()),
        Operation.READ);
  }

  Route replace(Handler handler) {
    return route(
        "PUT",
        "/{id}",
        handler,
        "replace" + model.name(),
        "Replace one",
        "The body is the whole record: a field that it leaves out gets its default or null. Fields that nobody sets are not looked at, so that a record may be sent back as it was read.",
        Operation.UPDATE);
  }

  Route merge(Handler handler) {
    return route(
        "PATCH",
        "/{id}",
        handler,
        "merge" + model.name(),
        "Change some fields of one (RFC 7396)",
        "A field that the body leaves out stays as it is; null empties one.",
        Operation.UPDATE);
  }

  Route delete(Handler handler) {
    return route(
        "DELETE",
        "/{id}",
        handler,
        "delete" + model.name(),
        "Delete one",
        model.history()
            ? "The record is gone for readers of today; its versions stay, and restore brings it back."
            : "The record is gone.",
        Operation.DELETE);
  }

  Route history(Handler handler) {
    return route(
        "GET",
        "/{id}/history",
        handler,
        "historyOf" + model.name(),
        "List every version of one",
        "Newest first: who wrote it, when, by which request, and which fields changed.",
        Operation.READ);
  }

  Route restore(Handler handler) {
    return route(
        "POST",
        "/{id}/restore",
        handler,
        "restore" + model.name(),
        "Write an older version back, or undelete",
        "The record gets the fields that it had, as a new version: nothing of its history is lost.",
        Operation.UPDATE);
  }

  private Route route(
      String method,
      String below,
      Handler handler,
      String operation,
      String summary,
      String text,
      Operation wanted) {
    return new Route(
        method,
        Rest.ROOT + model.path() + below,
        handler,
        new Route.Operation(
            operation, model.name(), summary, text, caller(wanted), new Route.Special()));
  }

  private String words() {
    return model.path().replace('-', ' ');
  }

  private static String capital(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  /// Who may ask, by the rules of the model.
  private Route.Caller caller(Operation wanted) {
    List<AuthRule> allowing =
        model.rules().stream().filter(rule -> rule.operations().contains(wanted)).toList();
    Set<Class<?>> ways =
        Set.copyOf(allowing.stream().map(rule -> (Class<?>) rule.allow().getClass()).toList());
    // a condition may ask who it is, and need not
    boolean anybody =
        ways.contains(AuthRule.Allow.Public.class) || ways.contains(AuthRule.Allow.Where.class);
    if (!anybody) {
      return Route.Caller.KNOWN;
    }
    boolean alike =
        ways.equals(Set.of(AuthRule.Allow.Public.class))
            && model.fields().stream().allMatch(field -> field.rules().isEmpty());
    return alike ? Route.Caller.ANYBODY : Route.Caller.ANYBODY_OR_KNOWN;
  }
}
