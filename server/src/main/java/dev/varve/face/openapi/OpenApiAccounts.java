package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;
import static dev.varve.face.openapi.OpenApiNode.reference;

import dev.varve.face.auth.Endpoint;
import dev.varve.face.auth.Endpoints;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.util.ArrayList;
import java.util.List;

/// What the description says of signing up and in.
final class OpenApiAccounts {
  static final String TAG = "Accounts";
  static final String BEARER = "bearer";

  private OpenApiAccounts() {}

  /// Adds the endpoints of accounts.
  ///
  /// @param account the model of accounts
  static void addTo(OpenApiNode paths, Model account) {
    OpenApiNode all = OpenApiNode.empty();
    for (Endpoint endpoint : Endpoints.all(signUpFields(account))) {
      OpenApiNode path = all.has(endpoint.path()) ? existing(all, endpoint) : start(endpoint);
      all.with(endpoint.path(), path.with(endpoint.method(), operation(endpoint)));
    }
    all.members().forEach(paths::with);
  }

  private static OpenApiNode existing(OpenApiNode all, Endpoint endpoint) {
    OpenApiNode path = OpenApiNode.empty();
    if (all.get(endpoint.path()) instanceof java.util.Map<?, ?> members) {
      members.forEach((name, value) -> path.with(String.valueOf(name), value));
    }
    return path;
  }

  private static OpenApiNode start(Endpoint endpoint) {
    return endpoint.path().endsWith("/{id}")
        ? node("parameters", List.of(reference("parameters", "id")))
        : OpenApiNode.empty();
  }

  private static List<String> signUpFields(Model account) {
    return account.fields().stream()
        .filter(field -> !field.system() && !field.readonly())
        .map(Field::name)
        .filter(name -> !Endpoints.GIVEN_BY_OTHERS.contains(name))
        .toList();
  }

  private static OpenApiNode operation(Endpoint endpoint) {
    OpenApiNode operation =
        node("operationId", endpoint.operation())
            .with("summary", endpoint.summary())
            .with("tags", List.of(TAG));
    if (endpoint.caller() == Endpoint.Who.SIGNED_IN) {
      operation.with("security", List.of(node(BEARER, List.of())));
    }
    if (endpoint.paged()) {
      operation.with(
          "parameters",
          List.of(reference("parameters", "limit"), reference("parameters", "cursor")));
    }
    if (!endpoint.takes().isEmpty()) {
      operation.with(
          "requestBody",
          node("required", endpoint.takes().stream().anyMatch(Endpoint.Member::required))
              .with("content", OpenApiAnswers.content("application/json", body(endpoint.takes()))));
    }
    return operation.with(
        "responses",
        OpenApiAnswers.all(
            endpoint.status(),
            answer(endpoint),
            List.of(400, 401, 403, 404, 409, 413, 414, 415, 422, 429, 431, 500, 503)));
  }

  private static OpenApiNode answer(Endpoint endpoint) {
    OpenApiNode answer =
        node("description", endpoint.summary() + ".")
            .with("headers", node("X-Request-Id", reference("headers", "requestId")));
    return endpoint.gives().isEmpty()
        ? answer
        : answer.with(
            "content", OpenApiAnswers.content("application/json", object(endpoint.gives())));
  }

  private static OpenApiNode body(List<Endpoint.Member> members) {
    return object(members).with("additionalProperties", false);
  }

  private static OpenApiNode object(List<Endpoint.Member> members) {
    OpenApiNode properties = OpenApiNode.empty();
    List<String> required = new ArrayList<>();
    for (Endpoint.Member member : members) {
      properties.with(member.name(), type(member));
      if (member.required()) {
        required.add(member.name());
      }
    }
    OpenApiNode object = node("type", "object").with("properties", properties);
    return required.isEmpty() ? object : object.with("required", required);
  }

  private static OpenApiNode type(Endpoint.Member member) {
    return switch (member.type()) {
      case ANY -> OpenApiNode.empty();
      case TEXT -> node("type", "string");
      case NUMBER -> node("type", "integer");
      case TEXTS -> node("type", "array").with("items", node("type", "string"));
      case OBJECT -> node("type", member.required() ? "object" : List.of("object", "null"));
      case OBJECTS -> node("type", "array").with("items", node("type", "object"));
      case TEXT_OR_NULL -> node("type", List.of("string", "null"));
    };
  }
}
