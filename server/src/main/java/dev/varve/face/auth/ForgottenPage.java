package dev.varve.face.auth;

import dev.varve.identity.account.AccountModel;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.Request;
import dev.varve.schema.EmailAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The page on which somebody who has forgotten the password asks for a mail.
final class ForgottenPage {
  static final String PATH = "/auth/password/forgot";

  private final MailRequests requests;
  private final MailRequests.Choice choice;

  ForgottenPage(MailRequests requests, MailRequests.Choice choice) {
    this.requests = requests;
    this.choice = choice;
  }

  /// `GET /auth/password/forgot`
  Answer show(Request request) {
    return page(200, Texts.of(request), "", "", ReturnPath.of(request));
  }

  private static Answer page(
      int status, Texts texts, String email, String note, Optional<String> returnPath) {
    String content =
        """
        <p>%s</p>
        %s<form method="post" action="%s">
        <input type="hidden" name="%s" value="%s">
        <label for="email">%s</label>
        <input id="email" type="email" name="email" value="%s" autocomplete="username" maxlength="%d" required autofocus>
        <button>%s</button>
        </form>
        %s\
        """
            .formatted(
                Pages.escaped(texts.get("forgotten.text")),
                Pages.note(note),
                PATH,
                ReturnPath.NAME,
                Pages.escaped(returnPath.orElse("")),
                Pages.escaped(texts.get("signIn.email")),
                Pages.escaped(email),
                EmailAddress.LENGTH_MAX,
                Pages.escaped(texts.get("forgotten.button")),
                ReturnPath.link(texts, returnPath));
    return Pages.page(
        status, texts.language(), texts.get("forgotten.title"), content, List.of(), "");
  }

  /// `POST /auth/password/forgot`, as a form
  Answer post(Request request) {
    Texts texts = Texts.of(request);
    Map<String, String> fields = PageForm.fields(request);
    Optional<String> returnPath =
        ReturnPath.of(Optional.ofNullable(fields.remove(ReturnPath.NAME)));
    if (!SameOrigin.mayHaveSentForm(request)) {
      return Pages.says(403, texts, texts.get("wrong.title"), texts.get("wrong.foreign"));
    }
    try {
      requests.send(request, JsonBody.of(fields, MailRequests.TAKEN), choice);
    } catch (Problem problem) {
      Answer page =
          page(
              problem.code().status(),
              texts,
              fields.getOrDefault(AccountModel.EMAIL, ""),
              PageForm.told(texts, problem),
              returnPath);
      return ErrorAnswers.waiting(page, problem);
    }
    return Pages.page(
        200,
        texts.language(),
        texts.get("forgotten.done.title"),
        "<p>%s</p>\n%s"
            .formatted(
                Pages.escaped(texts.get("forgotten.done.text")),
                ReturnPath.link(texts, returnPath)),
        List.of(),
        "");
  }
}
