package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;
import static dev.varve.face.openapi.OpenApiNode.reference;

import dev.varve.face.openapi.OpenApiFields.Mode;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// What the description says of routes whose members stand with them: JSON objects, and pages.
final class OpenApiObjects {
  private static final String JSON = "application/json";
  private static final List<Integer> REFUSALS =
      List.of(400, 401, 403, 409, 413, 415, 422, 429, 414, 431, 500, 503);
  private static final String NEXT_CURSOR = "nextCursor";

  private final Model account;

  /// @param account the model of accounts
  OpenApiObjects(Model account) {
    this.account = account;
  }

  /// Parameters, body and answers of a route.
  OpenApiNode details(Route route, Route.Objects objects, String summary) {
    OpenApiNode details = OpenApiNode.empty();
    if (objects.gives().stream().anyMatch(member -> member.name().equals(NEXT_CURSOR))) {
      details.with(
          "parameters",
          List.of(reference("parameters", "limit"), reference("parameters", "cursor")));
    }
    if (!objects.takes().isEmpty()) {
      details.with(
          "requestBody",
          node("required", objects.takes().stream().anyMatch(Member::required))
              .with(
                  "content",
                  OpenApiAnswers.content(
                      JSON, taken(objects.takes()).with("additionalProperties", false))));
    }
    OpenApiNode answers =
        OpenApiAnswers.all(
            objects.status(), answer(summary + ".", objects.gives()), refusals(route, objects));
    for (Route.Objects.Other other : objects.others()) {
      answers.with(Integer.toString(other.status()), answer(other.says(), other.gives()));
    }
    return details.with("responses", answers);
  }

  private static List<Integer> refusals(Route route, Route.Objects objects) {
    Stream<Integer> always =
        REFUSALS.stream()
            .filter(status ->
                !objects.takes().isEmpty() || !List.of(409, 413, 415, 422).contains(status));
    return route.pattern().contains("{")
        ? Stream.concat(always, Stream.of(404)).sorted().toList()
        : always.sorted().toList();
  }

  private OpenApiNode answer(String says, List<Member> gives) {
    OpenApiNode answer = OpenApiAnswers.plain(says);
    return gives.isEmpty()
        ? answer
        : answer.with("content", OpenApiAnswers.content(JSON, object(gives)));
  }

  /// Parameters and answers of a page.
  OpenApiNode details(Route.Page page, String summary) {
    List<OpenApiNode> parameters = new ArrayList<>();
    for (Member member : page.query()) {
      parameters.add(
          node("name", member.name())
              .with("in", "query")
              .with("description", "As the link in the mail has it.")
              .with("required", member.required() ? true : null)
              .with("schema", taken(member)));
    }
    OpenApiNode shown =
        OpenApiAnswers.plain(summary + ".")
            .with("content", OpenApiAnswers.content("text/html", node("type", "string")));
    return node("parameters", parameters)
        .with("responses", OpenApiAnswers.all(200, shown, List.of(400, 401, 414, 431, 500, 503)));
  }

  private OpenApiNode object(List<Member> members) {
    return object(members, this::type);
  }

  private OpenApiNode taken(List<Member> members) {
    return object(members, this::taken);
  }

  /// Nothing can be done with an empty text, be it a password, a token or a name: leave it out.
  private OpenApiNode taken(Member member) {
    OpenApiNode type = type(member);
    return member.type() instanceof Route.Type.Text ? type.with("minLength", 1) : type;
  }

  private static OpenApiNode object(List<Member> members, Function<Member, OpenApiNode> type) {
    OpenApiNode properties = OpenApiNode.empty();
    members.forEach(member -> properties.with(member.name(), type.apply(member)));
    List<String> required = members.stream().filter(Member::required).map(Member::name).toList();
    return node("type", "object")
        .with("properties", properties)
        .with("required", required.isEmpty() ? null : required);
  }

  private OpenApiNode type(Member member) {
    OpenApiNode type =
        switch (member.type()) {
          case Route.Type.Text(String format) ->
              node("type", "string").with("format", format.isEmpty() ? null : format);
          case Route.Type.Count() -> node("type", "integer").with("minimum", 0);
          case Route.Type.Truth() -> node("type", "boolean");
          case Route.Type.Texts() -> OpenApiSchemas.list(node("type", "string"));
          case Route.Type.AnyObject() -> node("type", "object");
          case Route.Type.Objects(List<Member> members) -> OpenApiSchemas.list(object(members));
          case Route.Type.Account() -> OpenApiSchemas.recordOrId(account);
          case Route.Type.AccountField(String field) ->
              OpenApiFields.schema(account.field(field).orElseThrow(), Mode.CREATE);
        };
    return OpenApiFields.nullable(!member.nullable(), type);
  }
}
