package dev.varve.face.graphql.operation;

import dev.varve.face.graphql.document.RequestRefused;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one request asks for (GraphQL over HTTP, section 4).
///
/// @param query the document; absent when a hash stands for it
public record GraphQlRequest(
    Optional<String> query,
    Optional<String> operationName,
    Map<String, @Nullable Object> variables,
    Map<?, ?> extensions) {

  /// Takes a JSON object with these members; others mean nothing here.
  ///
  /// @throws RequestRefused when it is none, or a member is of the wrong type
  public static GraphQlRequest of(@Nullable Object plain) {
    if (!(plain instanceof Map<?, ?> members)) {
      throw RequestRefused.malformed(
          "The body must be a JSON object with a query: {\"query\": \"{ __typename }\"}");
    }
    return new GraphQlRequest(
        text(members, "query"),
        text(members, "operationName"),
        variables(members.get("variables")),
        object(members.get("extensions"), "extensions"));
  }

  private static Optional<String> text(Map<?, ?> members, String name) {
    Object given = members.get(name);
    if (given != null && !(given instanceof String)) {
      throw RequestRefused.malformed("'%s' must be a string".formatted(name));
    }
    return Optional.ofNullable((String) given);
  }

  @SuppressWarnings("unchecked") // the members of a JSON object have names that are text
  private static Map<String, @Nullable Object> variables(@Nullable Object given) {
    return (Map<String, @Nullable Object>) object(given, "variables");
  }

  private static Map<?, ?> object(@Nullable Object given, String name) {
    if (given == null) {
      return Map.of();
    }
    if (given instanceof Map<?, ?> members) {
      return members;
    }
    throw RequestRefused.malformed(
        "'%s' must be an object, such as {\"id\": \"42\"}".formatted(name));
  }

  /// Takes the parameters of a GET, where an empty text is as good as nothing.
  ///
  /// @throws RequestRefused when one cannot be read
  public static GraphQlRequest of(dev.varve.net.http.QueryString parameters) {
    return new GraphQlRequest(
        parameter(parameters, "query"),
        parameter(parameters, "operationName"),
        variables(json(parameters, "variables")),
        object(json(parameters, "extensions"), "extensions"));
  }

  private static Optional<String> parameter(
      dev.varve.net.http.QueryString parameters, String name) {
    List<String> values = parameters.values(name);
    if (values.size() > 1) {
      throw RequestRefused.malformed("'%s' is given more than once".formatted(name));
    }
    return values.stream().filter(value -> !value.isEmpty()).findFirst();
  }

  private static @Nullable Object json(dev.varve.net.http.QueryString parameters, String name) {
    Optional<String> text = parameter(parameters, name);
    if (text.isEmpty()) {
      return null;
    }
    try {
      return Json.read(text.get().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    } catch (Problem malformed) {
      throw RequestRefused.malformed(
          new Problem(malformed.code(), "'%s' is not JSON. %s".formatted(name, malformed.text())));
    }
  }
}
