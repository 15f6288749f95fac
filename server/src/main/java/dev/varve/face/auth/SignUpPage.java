package dev.varve.face.auth;

import dev.varve.identity.account.AccountModel;
import dev.varve.identity.account.SignUpPolicy;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.Request;
import dev.varve.schema.EmailAddress;
import dev.varve.schema.Field;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The page on which people sign up, for applications that have none, and for those who come to sign in to another one.
final class SignUpPage {
  static final String PATH = "/auth/sign-up";

  private final AccountContext context;
  private final List<Field> needed;
  private final AccountForm form;

  SignUpPage(AccountContext context) {
    this.context = context;
    this.needed = SignUp.fields(context.accounts()).filter(SignUp::isNeeded).toList();
    this.form = new AccountForm(needed);
  }

  /// Whether the page can ask for all that an account needs, and somebody may sign up.
  boolean isOffered() {
    return needed.stream().allMatch(AccountForm::canAsk)
        && context.settings().signUp() != SignUpPolicy.CLOSED;
  }

  /// `GET /auth/sign-up`
  Answer show(Request request) {
    Texts texts = Texts.of(request);
    if (!isOffered()) {
      return Pages.says(
          404, texts, texts.get("signUp.closed.title"), texts.get("signUp.closed.text"));
    }
    Map<String, String> typed =
        request
            .query()
            .value(Invitations.INVITATION)
            .map(token -> Map.of(Invitations.INVITATION, token))
            .orElse(Map.of());
    return page(200, texts, typed, "", ReturnPath.of(request));
  }

  private Answer page(
      int status,
      Texts texts,
      Map<String, String> typed,
      String note,
      Optional<String> returnPath) {
    String content =
        """
        <p>%s</p>
        %s<form method="post" action="%s">
        <input type="hidden" name="%s" value="%s">
        <label for="email">%s</label>
        <input id="email" type="email" name="email" value="%s" autocomplete="username" maxlength="%d" required autofocus>
        %s%s%s<button>%s</button>
        </form>
        %s\
        """
            .formatted(
                Pages.escaped(texts.get("signUp.text")),
                Pages.note(note),
                PATH,
                ReturnPath.NAME,
                Pages.escaped(returnPath.orElse("")),
                Pages.escaped(texts.get("signIn.email")),
                Pages.escaped(typed.getOrDefault(AccountModel.EMAIL, "")),
                EmailAddress.LENGTH_MAX,
                Pages.chosenPassword(texts, "password", texts.get("signIn.password")),
                form.html(texts, typed),
                invitation(texts, typed),
                Pages.escaped(texts.get("signUp.button")),
                ReturnPath.link(texts, returnPath));
    return Pages.page(status, texts.language(), texts.get("signUp.title"), content, List.of(), "");
  }

  private String invitation(Texts texts, Map<String, String> typed) {
    String token = typed.getOrDefault(Invitations.INVITATION, "");
    if (context.settings().signUp() != SignUpPolicy.INVITED && token.isEmpty()) {
      return "";
    }
    return "<label for=\"i\">%s</label>\n<input id=\"i\" name=\"%s\" value=\"%s\" autocomplete=\"off\" maxlength=\"100\" required>\n"
        .formatted(
            Pages.escaped(texts.get("signUp.invitation")),
            Invitations.INVITATION,
            Pages.escaped(token));
  }

  /// Signs somebody up.
  @FunctionalInterface
  interface Accept {
    void accept(JsonBody body);
  }

  /// `POST /auth/sign-up`, as a form
  Answer post(Request request, Accept accept) {
    Texts texts = Texts.of(request);
    Map<String, String> fields = PageForm.fields(request);
    Optional<String> returnPath =
        ReturnPath.of(Optional.ofNullable(fields.remove(ReturnPath.NAME)));
    if (!isOffered()) {
      return show(request);
    }
    fields.values().removeIf(String::isBlank);
    if (!SameOrigin.mayHaveSentForm(request)) {
      return Pages.says(403, texts, texts.get("wrong.title"), texts.get("wrong.foreign"));
    }
    try {
      accept.accept(JsonBody.of(form.read(fields)));
    } catch (Problem problem) {
      Answer page =
          page(problem.code().status(), texts, fields, PageForm.told(texts, problem), returnPath);
      return ErrorAnswers.waiting(page, problem);
    }
    return Pages.page(
        200,
        texts.language(),
        texts.get("signUp.done.title"),
        "<p>%s</p>\n%s"
            .formatted(
                Pages.escaped(texts.get("signUp.done.text")), ReturnPath.link(texts, returnPath)),
        List.of(),
        "");
  }
}
