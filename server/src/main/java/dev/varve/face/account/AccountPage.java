package dev.varve.face.account;

import dev.varve.face.auth.Accounts;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.PageForm;
import dev.varve.face.auth.Pages;
import dev.varve.face.auth.PasskeyForm;
import dev.varve.face.auth.Texts;
import dev.varve.face.oauth.FlowPages;
import dev.varve.face.oauth.Navigation;
import dev.varve.face.oauth.OwnPages;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.Handler;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `/auth/account`: what there is of an account, part by part; and who comes to it and to what its forms lead to.
final class AccountPage {
  static final String PATH = OwnPages.HOME;
  private static final String TOKEN = "token";

  private final Accounts accounts;
  private final OwnPages ownPages;
  private final List<AccountPart> parts;
  private final SecureRandom random = new SecureRandom();

  AccountPage(Accounts accounts, OwnPages ownPages, List<AccountPart> parts) {
    this.accounts = accounts;
    this.ownPages = ownPages;
    this.parts = List.copyOf(parts);
  }

  /// A page for whoever is signed in.
  @FunctionalInterface
  interface Page {
    Answer of(Visit visit);
  }

  /// What a form is for.
  @FunctionalInterface
  interface Deed {
    /// @param fields of the form, but for its token
    Answer of(Visit visit, Map<String, String> fields);
  }

  /// @param path to which somebody comes back who has to sign in first
  Route get(String path, Page page) {
    return Route.unlisted("GET", path, Navigation.unframed(request -> shown(request, path, page)));
  }

  private Answer shown(Request request, String path, Page page) {
    Optional<Visit> visit = visit(request);
    return visit.isEmpty()
        ? ownPages.signIn(request, path)
        : named(visit.get(), answered(visit.get(), path, page));
  }

  /// The answer, with which the browser gets a name if it has none.
  private static Answer named(Visit visit, Answer answer) {
    return BrowserCookies.BROWSER.of(visit.request()).isPresent()
        ? answer
        : BrowserCookies.BROWSER.given(answer, visit.request(), new OpaqueToken(visit.browser()));
  }

  private String browser(Request request) {
    return BrowserCookies.BROWSER.of(request).orElseGet(() -> OpaqueToken.random(random).text());
  }

  private Optional<Visit> visit(Request request) {
    try {
      Caller caller = accounts.onPage(request);
      return caller.account().isEmpty()
          ? Optional.empty()
          : Optional.of(new Visit(request, caller, browser(request), Texts.of(request)));
    } catch (Problem problem) {
      if (problem.code() == ErrorCode.UNAUTHENTICATED) {
        return Optional.empty(); // the account is disabled, or no more
      }
      throw problem;
    }
  }

  private Answer answered(Visit visit, String back, Page page) {
    try {
      return page.of(visit);
    } catch (Problem problem) {
      return switch (problem.code()) {
        case STEP_UP_REQUIRED -> ownPages.prove(visit.request(), visit.account(), back);
        case UNAUTHENTICATED -> anew(visit, problem);
        default -> refused(visit, problem);
      };
    }
  }

  /// What somebody brings may prove nothing, in a session that goes on; or the session may have ended meanwhile.
  private Answer anew(Visit visit, Problem problem) {
    return visit(visit.request()).isPresent()
        ? refused(visit, problem)
        : Answer.empty(303).with("Location", PATH);
  }

  /// The page, with what is wrong.
  private Answer refused(Visit visit, Problem problem) {
    return ErrorAnswers.waiting(
        show(visit, problem.code().status(), PageForm.told(visit.texts(), problem)), problem);
  }

  /// What a form is for.
  ///
  /// @param path to which it goes
  /// @param back to which somebody comes who has to prove first who they are
  Route post(String path, String back, Deed deed) {
    return Route.unlisted(
        "POST", path, Navigation.unframed(told(request -> done(request, back, deed))));
  }

  /// What cannot even be read is told on a page too.
  private static Handler told(Handler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (Problem problem) {
        return FlowPages.refuses(request, problem);
      }
    };
  }

  private Answer done(Request request, String back, Deed deed) {
    Map<String, String> fields = PageForm.fields(request);
    Optional<Visit> visit = visit(request);
    if (visit.isEmpty()) {
      return Answer.empty(303).with("Location", PATH);
    }
    String token = Optional.ofNullable(fields.remove(TOKEN)).orElse("");
    if (!visit.get().isOwn(token)) {
      // of another site, or of a tab in which somebody else was signed in
      return named(visit.get(), show(visit.get(), 403, visit.get().texts().get("account.foreign")));
    }
    fields.values().removeIf(String::isEmpty);
    return answered(visit.get(), back, known -> deed.of(known, fields));
  }

  /// The same of a script on one of the pages.
  ///
  /// @throws Problem FORBIDDEN when it is of no page of this account
  Visit requireScript(Request request, String token) {
    return visit(request)
        .filter(found -> found.isOwn(token))
        .orElseThrow(() -> new Problem(ErrorCode.FORBIDDEN, "This is for the pages of an account"));
  }

  /// Back to the page, which says what was done.
  ///
  /// @param done the last part of the key of that
  /// @param part to which the page is turned
  static Answer back(String done, String part) {
    return Answer.empty(303).with("Location", PATH + "?done=" + done + "#" + part);
  }

  Answer show(Visit visit) {
    String key = "account.done." + visit.request().query().value("done").orElse("");
    String done =
        visit.texts().has(key)
            ? "<p class=\"done\" role=\"status\">%s</p>\n".formatted(visit.text(key))
            : "";
    return page(visit, 200, done);
  }

  /// @param note what is wrong
  Answer show(Visit visit, int status, String note) {
    return page(visit, status, Pages.note(note));
  }

  private Answer page(Visit visit, int status, String above) {
    StringBuilder content = new StringBuilder(above);
    parts.forEach(part -> content.append(part.html(visit)));
    return Pages.page(
        status,
        visit.texts().language(),
        visit.texts().get("account.title"),
        content.toString(),
        List.of(),
        PasskeyForm.SCRIPT);
  }

  /// A page beside it, with a way back.
  static Answer beside(Visit visit, int status, String title, String content, Pages.Script script) {
    return Pages.page(
        status,
        visit.texts().language(),
        title,
        content + "<p><a href=\"%s\">%s</a></p>\n".formatted(PATH, visit.text("account.back")),
        List.of(),
        script);
  }

  /// Recovery codes, which are shown this once.
  static Answer codes(Visit visit, List<String> codes) {
    return beside(
        visit,
        200,
        visit.texts().get("enrol.codes.title"),
        Html.paragraph(visit.text("enrol.codes.text")) + Pages.codes(codes),
        Pages.Script.NONE);
  }
}
