package dev.varve.face.oauth;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import dev.varve.identity.token.Audiences;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.Handler;
import dev.varve.net.http.HeaderSection;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The form that a client sends (RFC 6749, appendix B), in which each parameter stands once (section 3.2).
final class OAuthForm {
  /// May stand many times (RFC 8707, section 2).
  static final String RESOURCE = "resource";

  private OAuthForm() {}

  /// @throws OAuthError invalid_request when a parameter stands twice
  static QueryString of(Request request) {
    QueryString form = request.form();
    Set<String> seen = new TreeSet<>();
    for (QueryString.Parameter parameter : form.all()) {
      if (!parameter.name().equals(RESOURCE) && !seen.add(parameter.name())) {
        throw new OAuthError(
            OAuthError.INVALID_REQUEST, "A parameter is given more than once; give each once");
      }
    }
    return form;
  }

  /// One that is not empty.
  static Optional<String> value(QueryString form, String name) {
    return form.value(name).filter(value -> !value.isEmpty());
  }

  /// @throws OAuthError invalid_request when it is missing
  static String require(QueryString form, String name) {
    return value(form, name)
        .orElseThrow(
            () -> new OAuthError(OAuthError.INVALID_REQUEST, "%s is missing".formatted(name)));
  }

  /// Whom a client wants its tokens to be for.
  ///
  /// @param audiences whom they may be for
  /// @throws OAuthError invalid_target
  static Optional<String> resource(QueryString form, Audiences audiences) {
    List<String> asked = form.values(RESOURCE);
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> named =
        asked.size() == 1 ? audiences.named(asked.getFirst()) : Optional.empty();
    if (named.isEmpty()) {
      throw new OAuthError(
          OAuthError.INVALID_TARGET, "resource must be one of the resources of this server");
    }
    return named;
  }

  /// The form as the protocol's library takes it.
  static HTTPRequest bridged(URI uri, QueryString form) {
    HTTPRequest bridged = new HTTPRequest(HTTPRequest.Method.POST, uri);
    bridged.setHeader("Content-Type", "application/x-www-form-urlencoded");
    bridged.setBody(
        form.all().stream()
            .map(field -> encoded(field.name()) + "=" + encoded(field.value()))
            .collect(Collectors.joining("&")));
    return bridged;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// A handler whose errors are told as the protocol has them.
  static Handler told(Handler handler) {
    return new Told(handler);
  }

  private record Told(Handler handler) implements Handler {
    @Override
    public Answer handle(Request request) {
      try {
        return handler.handle(request);
      } catch (OAuthError error) {
        return error.answer();
      } catch (Problem problem) {
        return told(problem);
      }
    }

    @Override
    public Optional<Answer> refusal(Problem problem, HeaderSection asked) {
      return Optional.of(told(problem));
    }

    private static Answer told(Problem problem) {
      return ErrorAnswers.waiting(OAuthError.of(problem).answer(), problem);
    }
  }

  /// What a client is told, and nobody in between keeps (section 5.1).
  static Answer secret(Answer answer) {
    return answer.with("Cache-Control", "no-store").with("Pragma", "no-cache");
  }
}
