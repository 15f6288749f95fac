package dev.varve.face.auth;

import dev.varve.identity.account.RequestSource;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What comes as JSON from an application, or as a form from a page of Varve's own: the same is done, and told in the way in which it
/// came.
public final class PageForm {
  private PageForm() {}

  /// What was done.
  ///
  /// @param key of the text that says so on a page
  /// @param values that are put into it
  record Outcome(Answer json, String key, Object... values) {
    private String text(Texts texts) {
      return texts.get(key, values);
    }
  }

  /// Does what a request is for.
  @FunctionalInterface
  interface Use {
    Outcome of(JsonBody.Reader body, RequestSource source);
  }

  static Answer answer(Request request, Use use) {
    RequestSource source = AccountContext.source(request);
    if (!isForm(request)) {
      return use.of(known -> JsonBody.of(request, known), source).json();
    }
    Texts texts = Texts.of(request);
    try {
      Map<String, String> fields = fields(request);
      String text = use.of(known -> JsonBody.of(fields, known), source).text(texts);
      return Pages.says(200, texts, texts.get("form.done"), text);
    } catch (Problem problem) {
      return ErrorAnswers.waiting(refused(texts, problem), problem);
    }
  }

  /// What was refused before it was asked, such as a request too many.
  static Answer refusal(Texts texts, Problem problem) {
    return ErrorAnswers.withHeaders(refused(texts, problem), problem.code().status(), problem);
  }

  private static Answer refused(Texts texts, Problem problem) {
    return Pages.says(
        problem.code().status(), texts, texts.get("wrong.title"), told(texts, problem));
  }

  static boolean isForm(Request request) {
    return request
        .header("Content-Type")
        .orElse("")
        .toLowerCase(Locale.ROOT)
        .startsWith("application/x-www-form-urlencoded");
  }

  /// The fields of a form, each once; the last of those that come twice.
  public static Map<String, String> fields(Request request) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (QueryString.Parameter field : request.form().all()) {
      fields.put(field.name(), field.value());
    }
    return fields;
  }

  /// What is wrong, for somebody who looks at a page.
  public static String told(Texts texts, Problem problem) {
    String details =
        problem.details().stream()
            .map(error -> sentence(texts, error))
            .collect(Collectors.joining(". "));
    return details.isEmpty() ? texts.told(problem.text()) : details;
  }

  /// What is wrong with one field.
  public static String sentence(Texts texts, FieldError error) {
    String key = "field." + error.field();
    String field = texts.has(key) ? texts.get(key) : AccountForm.label(error.field());
    String says = texts.told(error.message());
    // a sentence of its own, or the rest of one
    boolean own = !says.isEmpty() && Character.isUpperCase(says.codePointAt(0));
    return field + (own ? ": " : " ") + says;
  }
}
