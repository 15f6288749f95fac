package dev.varve.net.http;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.KeyChallenge;
import dev.varve.kernel.Problem;
import io.helidon.http.Status;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.core.JsonGenerator;

/// The one place that turns a refusal into an answer.
///
/// ```
/// {"error": {"code": "VALIDATION_ERROR", "message": "Invalid input data",
///   "details": [{"field": "email", "message": "Invalid email format"}], "requestId": "..."}}
/// ```
public final class ErrorAnswers {
  private static final String SCHEME = "Bearer";
  private static final String PROBLEM_JSON = "application/problem+json";

  private ErrorAnswers() {}

  /// @param accept the header `Accept`, or nothing
  public static Answer answer(Problem problem, String requestId, String accept) {
    return answer(problem.code().status(), problem, requestId, accept);
  }

  /// A refusal whose status says more than its code does.
  public static Answer answer(int status, Problem problem, String requestId, String accept) {
    Answer answer =
        accept.contains(PROBLEM_JSON)
            ? Answer.bytes(status, PROBLEM_JSON, problemJson(status, problem, requestId))
            : Answer.json(status, errorJson(problem, requestId));
    return withHeaders(answer, status, problem);
  }

  /// Adds what HTTP wants a refusal to say in its headers, whatever form it has: how to sign in (RFC 9110, section
  /// 11.6.1), and when to come again.
  public static Answer withHeaders(Answer answer, int status, Problem problem) {
    if (problem.keyChallenge().isPresent()) {
      return challenged(answer, problem.keyChallenge().get());
    }
    if (status == 401) {
      return answer.with("WWW-Authenticate", challenge(problem));
    }
    if (!problem.scopes().isEmpty()) {
      return answer.with(
          "WWW-Authenticate", "Bearer error=\"insufficient_scope\", " + scopes(problem));
    }
    return waiting(answer, problem);
  }

  /// Says how long to wait, of a refusal that says so: all that a page has to tell a program.
  public static Answer waiting(Answer answer, Problem problem) {
    return problem.retryAfterSeconds().isPresent()
        ? answer.with("Retry-After", Long.toString(problem.retryAfterSeconds().getAsLong()))
        : answer;
  }

  /// RFC 9449, sections 7.1 and 8.
  private static Answer challenged(Answer answer, KeyChallenge key) {
    Answer challenged =
        answer.with(
            "WWW-Authenticate",
            "DPoP error=\"%s\", algs=\"%s\""
                .formatted(key.error(), String.join(" ", key.algorithms())));
    return key.nonce().map(nonce -> challenged.with("DPoP-Nonce", nonce)).orElse(challenged);
  }

  /// RFC 6750, section 3.
  private static String challenge(Problem problem) {
    if (problem.code() == ErrorCode.TOKEN_EXPIRED) {
      return "Bearer error=\"invalid_token\", error_description=\"The access token expired\"";
    }
    if (problem.stepUp().isPresent()) {
      return challenge(problem.stepUp().get());
    }
    if (problem.badToken()) {
      return SCHEME + " error=\"invalid_token\"";
    }
    return problem.scopes().isEmpty() ? SCHEME : SCHEME + " " + scopes(problem);
  }

  private static String scopes(Problem problem) {
    return "scope=\"%s\"".formatted(String.join(" ", new TreeSet<>(problem.scopes())));
  }

  /// Tells in a refusal where the metadata of the resource is, so that a client finds out by itself how to be let in (RFC 9728, section
  /// 5.1).
  ///
  /// @param answer that was made here
  public static Answer locating(Answer answer, String metadata) {
    return answer
        .header("WWW-Authenticate")
        .filter(value -> value.startsWith(SCHEME))
        .map(value ->
            answer.with(
                "WWW-Authenticate",
                "%s%s resource_metadata=\"%s\""
                    .formatted(value, value.equals(SCHEME) ? "" : ",", metadata)))
        .orElse(answer);
  }

  /// RFC 9470, section 3.
  private static String challenge(Problem.StepUp stepUp) {
    return "Bearer error=\"insufficient_user_authentication\", max_age=\"%d\"%s"
        .formatted(
            stepUp.seconds(), stepUp.level().map(", acr_values=\"%s\""::formatted).orElse(""));
  }

  /// A bug: the caller learns nothing but the id under which the log tells the rest.
  public static Answer internalError(String requestId, String accept) {
    return answer(ours(requestId), requestId, accept);
  }

  /// What is told of a bug.
  public static Problem ours(String requestId) {
    return new Problem(
        ErrorCode.INTERNAL_ERROR,
        "Something went wrong on our side. The log tells more under request id " + requestId);
  }

  private static byte[] errorJson(Problem problem, String requestId) {
    return Json.bytes(generator -> {
      generator.writeStartObject();
      generator.writeName("error");
      generator.writeStartObject();
      generator.writeStringProperty("code", problem.code().name());
      generator.writeStringProperty("message", problem.text());
      details(generator, "details", problem.details());
      generator.writeStringProperty("requestId", requestId);
      generator.writeEndObject();
      generator.writeEndObject();
    });
  }

  private static byte[] problemJson(int status, Problem problem, String requestId) {
    return Json.bytes(generator -> {
      generator.writeStartObject();
      generator.writeStringProperty("type", "about:blank");
      generator.writeStringProperty("title", Status.create(status).reasonPhrase());
      generator.writeNumberProperty("status", status);
      generator.writeStringProperty("detail", problem.text());
      generator.writeStringProperty("code", problem.code().name());
      details(generator, "errors", problem.details());
      generator.writeStringProperty("requestId", requestId);
      generator.writeEndObject();
    });
  }

  private static void details(JsonGenerator generator, String name, List<FieldError> details) {
    generator.writeName(name);
    generator.writeStartArray();
    for (FieldError detail : details) {
      generator.writeStartObject();
      generator.writeStringProperty("field", detail.field());
      generator.writeStringProperty("message", detail.message());
      generator.writeEndObject();
    }
    generator.writeEndArray();
  }
}
