package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.AccountForm;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.PageForm;
import dev.varve.face.auth.Pages;
import dev.varve.face.auth.SameOrigin;
import dev.varve.face.auth.Texts;
import dev.varve.face.oauth.FlowPages;
import dev.varve.face.provider.Arrivals.Arrived;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SingleUse.Kind;
import dev.varve.identity.provider.IdentityProviders;
import dev.varve.identity.provider.Somebody;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import dev.varve.schema.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `POST /auth/providers/{name}/sign-up`: the page that asks somebody new for what accounts need and the provider does not tell; and
/// how a browser goes on when nothing is missing.
final class MissingFieldsPage {
  static final String PATTERN = "/auth/providers/{name}/sign-up";
  private static final String TOKEN = "token";
  private static final int TOKEN_LENGTH_MAX = 200;

  private final AccountContext context;
  private final IdentityProviders providers;
  private final Trips trips;
  private final Arrivals arrivals;
  private final LinkNews news;

  MissingFieldsPage(
      AccountContext context,
      IdentityProviders providers,
      Trips trips,
      Arrivals arrivals,
      LinkNews news) {
    this.context = context;
    this.providers = providers;
    this.trips = trips;
    this.arrivals = arrivals;
    this.news = news;
  }

  /// How a browser goes on.
  Answer answer(Request request, Somebody somebody, Errand errand, Arrived arrived) {
    return switch (arrived) {
      case Arrived.Known(OpaqueToken code) -> on(errand, Map.of("code", code.text()));
      case Arrived.Missing(List<FieldError> errors) ->
          ask(request, somebody, errand, errors, Map.of());
      case Arrived.Refused(Refusal refusal) -> answer(errand, refusal);
    };
  }

  static Answer answer(Errand errand, Refusal refusal) {
    return on(errand, Map.of("error", refusal.code()));
  }

  private static Answer on(Errand errand, Map<String, String> parameters) {
    return Answer.empty(303).with("Location", errand.goal().address(parameters));
  }

  /// The form that asked comes back.
  Answer post(Request request) {
    QueryString form = request.form();
    String token = form.value(TOKEN).orElse("");
    Optional<String> cookie = BrowserCookies.BROWSER.of(request);
    if (!SameOrigin.mayHaveSentForm(request)
        || cookie.isEmpty()
        || token.length() > TOKEN_LENGTH_MAX) {
      return FlowPages.says(400, Texts.of(request), "expired");
    }
    RequestSource source = AccountContext.source(request);
    Optional<Map<String, Object>> content =
        trips.used(source, Kind.PROVIDER_SIGN_UP, token, cookie.get());
    if (content.isEmpty()) {
      return FlowPages.says(400, Texts.of(request), "expired");
    }
    Errand errand = Errand.read(content.get());
    Somebody somebody = Identity.read(content.get());
    if (!errand.provider().equals(request.variable("name"))
        || providers.find(errand.provider()).isEmpty()) {
      return FlowPages.says(404, Texts.of(request), "provider.unknown");
    }
    Map<String, String> given = given(form);
    try {
      Arrived arrived = arrivals.of(somebody, errand, plain(given), cookie.get(), source);
      return arrived instanceof Arrived.Missing(List<FieldError> errors)
          ? ask(request, somebody, errand, errors, given)
          : answer(request, somebody, errand, arrived);
    } catch (Problem problem) {
      return FlowPages.refuses(request, problem);
    }
  }

  /// What the form has of fields that anybody may set; all else is passed over.
  private Map<String, String> given(QueryString form) {
    Map<String, String> given = new LinkedHashMap<>();
    for (Field field : context.accounts().model().fields()) {
      form.value(field.name())
          .filter(value ->
              AccountForm.canAsk(field)
                  && !value.isEmpty()
                  && value.length() <= AccountForm.TEXT_LENGTH_MAX)
          .ifPresent(value -> given.put(field.name(), value));
    }
    return given;
  }

  /// As JSON would have them.
  private Map<String, @Nullable Object> plain(Map<String, String> given) {
    return new AccountForm(context.accounts().model().fields()).read(given);
  }

  private Answer ask(
      Request request,
      Somebody somebody,
      Errand errand,
      List<FieldError> errors,
      Map<String, String> given) {
    List<Field> asked = new ArrayList<>();
    for (Field field : context.accounts().model().fields()) {
      boolean wrong = errors.stream().anyMatch(error -> isOf(error, field));
      if (AccountForm.canAsk(field) && (wrong || given.containsKey(field.name()))) {
        asked.add(field);
      }
    }
    boolean all =
        errors.stream().allMatch(error -> asked.stream().anyMatch(field -> isOf(error, field)));
    if (!all) {
      return answer(errand, Refusal.SIGN_UP_ELSEWHERE);
    }
    Map<String, Object> content = new LinkedHashMap<>(errand.members());
    content.putAll(Identity.members(somebody));
    OpaqueToken token =
        trips.issue(
            AccountContext.source(request),
            Kind.PROVIDER_SIGN_UP,
            content,
            BrowserCookies.BROWSER.of(request).orElseThrow());
    return page(request, somebody, errand, new Form(token, asked, errors, given));
  }

  private static boolean isOf(FieldError error, Field field) {
    return error.field().equals(field.name()) || error.field().startsWith(field.name() + ".");
  }

  /// What is asked.
  ///
  /// @param given what was typed before
  private record Form(
      OpaqueToken token, List<Field> asked, List<FieldError> errors, Map<String, String> given) {
    private String value(Field field, Somebody somebody) {
      String typed = given.get(field.name());
      return typed != null ? typed : field.name().equals("name") ? somebody.name().orElse("") : "";
    }

    /// What is wrong with what was typed; nothing before anything was.
    private String notes(Texts texts) {
      StringBuilder notes = new StringBuilder();
      for (FieldError error : errors) {
        if (!given.isEmpty()) {
          notes.append(
              "<p class=\"note\" role=\"alert\">%s</p>\n"
                  .formatted(Pages.escaped(PageForm.sentence(texts, error))));
        }
      }
      return notes.toString();
    }
  }

  private Answer page(Request request, Somebody somebody, Errand errand, Form form) {
    Texts texts = Texts.of(request);
    Map<String, String> values = new LinkedHashMap<>();
    form.asked().forEach(field -> values.put(field.name(), form.value(field, somebody)));
    String content =
        """
        <p>%s</p>
        %s<form method="post" action="%s">
        <input type="hidden" name="token" value="%s">
        %s<button>%s</button>
        </form>
        """
            .formatted(
                Pages.escaped(
                    texts.get(
                        "provider.signUp.text",
                        somebody.email().orElse(""),
                        news.title(somebody.provider()))),
                form.notes(texts),
                Pages.escaped(PATTERN.replace("{name}", somebody.provider())),
                form.token().text(),
                new AccountForm(form.asked()).html(texts, values),
                Pages.escaped(texts.get("provider.signUp.button")));
    return Pages.page(
        form.given().isEmpty() ? 200 : 400,
        texts.language(),
        texts.get("provider.signUp.title"),
        content,
        // the form may end at the page that sent the browser, by a redirect
        errand.goal().source().stream().toList(),
        "");
  }
}
