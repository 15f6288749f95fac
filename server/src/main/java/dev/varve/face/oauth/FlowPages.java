package dev.varve.face.oauth;

import dev.varve.face.auth.Accounts;
import dev.varve.face.auth.PageForm;
import dev.varve.face.auth.Pages;
import dev.varve.face.auth.PasskeyForm;
import dev.varve.face.auth.ReturnPath;
import dev.varve.face.auth.Texts;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.Factor;
import dev.varve.identity.account.Passwords;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.ClientDocuments;
import dev.varve.identity.client.Flows.Flow;
import dev.varve.identity.client.RedirectUri;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Draws the pages of a flow. What comes from others, such as the title of a client, is escaped wherever it stands.
public final class FlowPages {
  private final ScopeTexts scopes;
  private final boolean offersSignUp;
  private final AuthSettings settings;
  private final SignInElsewhere elsewhere;

  /// @param offersSignUp whether there is a page on which people sign up
  FlowPages(
      ScopeTexts scopes, boolean offersSignUp, AuthSettings settings, SignInElsewhere elsewhere) {
    this.scopes = scopes;
    this.offersSignUp = offersSignUp;
    this.settings = settings;
    this.elsewhere = elsewhere;
  }

  /// A flow while it is answered, with all that its pages show of it.
  ///
  /// @param formToken what its forms carry
  record Shown(
      Flow flow, Client client, AuthorizationRequest request, String formToken, Texts texts) {
    String text(String key, Object... values) {
      return Pages.escaped(texts.get(key, values));
    }

    private boolean isForOwnPage() {
      return OwnPages.areFor(client);
    }

    /// Whether there is a way back: a page of this server shows nothing to whoever is not signed in.
    private boolean leadsBack() {
      return !isForOwnPage() || request.subject().isPresent();
    }

    private String goal() {
      if (isForOwnPage()) {
        return text(request.subject().isPresent() ? "account.prove" : "account.signIn");
      }
      return text("signIn.text", client.title());
    }

    private String cancel() {
      return isForOwnPage() ? text("account.back") : text("signIn.cancel", client.title());
    }

    Answer page(int status, String title, String content) {
      return page(status, title, content, Pages.Script.NONE);
    }

    Answer page(int status, String title, String content, Pages.Script script) {
      // a form may end at the client, by a redirect, which browsers hold against the policy too
      List<String> targets =
          request.device().isPresent() || isForOwnPage()
              ? List.of()
              : List.of(RedirectUri.source(request.redirectUri()));
      return Pages.page(status, texts.language(), title, content, targets, script);
    }

    private String passkey(Step step) {
      Map<String, String> hidden = new LinkedHashMap<>();
      hidden.put("token", formToken);
      hidden.put("step", step.name());
      hidden.put("factor", Factor.PASSKEY.value());
      return new PasskeyForm(FlowPath.of(flow), FlowPath.passkey(flow), hidden)
          .html(texts, "passkey.button");
    }

    String form(Step step, String content) {
      return form(step.name(), content);
    }

    /// @param step what the form is for
    String form(String step, String content) {
      return """
      <form method="post" action="%s">
      <input type="hidden" name="token" value="%s">
      <input type="hidden" name="step" value="%s">
      %s</form>
      """
          .formatted(Pages.escaped(FlowPath.of(flow)), formToken, step, content);
    }
  }

  /// @param status 200, or that of the refusal
  /// @param email what was typed before
  /// @param note what was wrong; nothing at first
  /// @param signals what keepers of passkeys are told
  Answer signIn(Shown shown, int status, String email, String note, Map<String, ?> signals) {
    String fields =
        """
        <label for="email">%s</label>
        <input id="email" type="email" name="email" value="%s" autocomplete="username webauthn" maxlength="254" required%s>
        <label for="password">%s</label>
        <input id="password" type="password" name="password" autocomplete="current-password" maxlength="%d" required%s>
        <input type="hidden" name="%s" value="">
        <button>%s</button>
        %s\
        """
            .formatted(
                shown.text("signIn.email"),
                Pages.escaped(email),
                email.isEmpty() ? " autofocus" : "",
                shown.text("signIn.password"),
                Passwords.LENGTH_MAX,
                email.isEmpty() ? "" : " autofocus",
                FlowOffer.ABLE,
                shown.text("signIn.button"),
                mailLink(shown));
    String back =
        """
        <button class="other" name="decision" value="deny">%s</button>
        """
            .formatted(shown.cancel());
    return shown.page(
        status,
        shown.texts().get("signIn.title"),
        "<p>%s</p>\n".formatted(shown.goal())
            + unknown(shown)
            + Pages.note(note)
            + shown.form(Step.SIGN_IN, fields)
            + shown.passkey(Step.SIGN_IN)
            + places(shown)
            + (shown.leadsBack() ? shown.form(Step.SIGN_IN, back) : "")
            + link(shown, Accounts.FORGOTTEN_PATH, "signIn.forgotten")
            + (offersSignUp ? link(shown, Accounts.SIGN_UP_PATH, "signIn.signUp") : "")
            + PasskeyForm.signals(signals),
        PasskeyForm.SCRIPT);
  }

  /// A link by mail in the place of the password, which is not asked for then.
  private String mailLink(Shown shown) {
    return settings.mailLinks()
        ? "<button class=\"other\" name=\"decision\" value=\"link\" formnovalidate>%s</button>\n"
            .formatted(shown.text("signIn.link"))
        : "";
  }

  /// Asks for one of the factors that are owed, each with a form of its own.
  ///
  /// @param note what was wrong; nothing at first
  Answer secondFactor(Shown shown, Set<Factor> owed, int status, String note) {
    StringBuilder forms = new StringBuilder();
    owed.stream().sorted().forEach(factor -> forms.append(form(shown, factor)));
    return shown.page(
        status,
        shown.texts().get("factor.title"),
        "<p>%s</p>\n".formatted(shown.text("factor.text"))
            + unknown(shown)
            + Pages.note(note)
            + forms
            + shown.form(Step.SECOND_FACTOR, back(shown)),
        owed.contains(Factor.PASSKEY) ? PasskeyForm.SCRIPT : Pages.Script.NONE);
  }

  /// The ways out of a page on which somebody owes something.
  static String back(Shown shown) {
    return """
    <button class="other" name="decision" value="switch">%s</button>
    <button class="other" name="decision" value="deny">%s</button>
    """
        .formatted(shown.text("consent.switch"), shown.cancel());
  }

  private String form(Shown shown, Factor factor) {
    return switch (factor) {
      case TOTP -> shown.form(Step.SECOND_FACTOR, totp(shown));
      case RECOVERY_CODE ->
          "<details>\n<summary>%s</summary>\n%s</details>\n"
              .formatted(
                  shown.text("factor.recovery"),
                  shown.form(Step.SECOND_FACTOR, recoveryCode(shown)));
      case PASSKEY -> shown.passkey(Step.SECOND_FACTOR);
    };
  }

  /// Asks whether the browser is to be trusted, where it can be.
  private String trust(Shown shown) {
    return settings.factors().trusts()
        ? "<label class=\"choice\"><input type=\"checkbox\" name=\"trust\" value=\"on\"> %s</label>\n"
            .formatted(shown.text("factor.trust", Math.max(1, settings.factors().trust().toDays())))
        : "";
  }

  private String totp(Shown shown) {
    return """
    <input type="hidden" name="factor" value="%s">
    <label for="code">%s</label>
    <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="20" required autofocus>
    %s<button>%s</button>
    """
        .formatted(
            Factor.TOTP.value(),
            shown.text("factor.code"),
            trust(shown),
            shown.text("factor.button"));
  }

  private static String recoveryCode(Shown shown) {
    return """
    <input type="hidden" name="factor" value="%s">
    <label for="recovery">%s</label>
    <input id="recovery" name="code" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="40" required>
    <button class="other">%s</button>
    """
        .formatted(
            Factor.RECOVERY_CODE.value(),
            shown.text("factor.recoveryCode"),
            shown.text("factor.recoveryButton"));
  }

  /// A link to a page that leads back to the flow.
  private static String link(Shown shown, String path, String key) {
    return "<p><a href=\"%s?%s=%s\">%s</a></p>\n"
        .formatted(path, ReturnPath.NAME, FlowPath.of(shown.flow()), shown.text(key));
  }

  /// They are links and no forms: where those may end, browsers hold against the policy of a page.
  private String places(Shown shown) {
    StringBuilder links = new StringBuilder();
    for (SignInElsewhere.Place place :
        elsewhere.places(shown.flow().id(), shown.request().wantsProof())) {
      links.append(
          "<a class=\"button\" href=\"%s\">%s</a>\n"
              .formatted(
                  Pages.escaped(place.path()), shown.text("signIn.elsewhere", place.title())));
    }
    return links.toString();
  }

  /// @param session whose account is asked
  /// @param email of that account
  /// @param signals what keepers of passkeys are told
  Answer consent(Shown shown, String session, String email, Map<String, ?> signals) {
    StringBuilder wishes = new StringBuilder("<ul>\n");
    for (String scope : shown.request().scopes()) {
      wishes.append("<li>%s</li>\n".formatted(Pages.escaped(scopes.of(shown.texts(), scope))));
    }
    wishes.append("</ul>\n");
    if (shown.request().device().isPresent()) {
      return onDevice(shown, shown.request().device().get(), session, email, wishes.toString());
    }
    String target = RedirectUri.source(shown.request().redirectUri());
    String buttons = answers(shown, session, "other");
    boolean local = !target.startsWith("https://");
    return shown.page(
        200,
        shown.texts().get("consent.title", shown.client().title()),
        "<p>%s</p>\n".formatted(shown.text("consent.text", email, shown.client().title(), target))
            + unknown(shown)
            + wishes
            + (local ? "<p class=\"note\">%s</p>\n".formatted(shown.text("consent.local")) : "")
            + shown.form(Step.CONSENT, buttons)
            + PasskeyForm.signals(signals),
        signals.isEmpty() ? Pages.Script.NONE : PasskeyForm.SCRIPT);
  }

  /// What people are told of a client that nobody here has looked at; nothing of others.
  static String unknown(Shown shown) {
    String text =
        switch (shown.client().origin()) {
          case SETTINGS, ADMINISTRATOR -> "";
          case REGISTERED -> shown.text("consent.registered");
          case DOCUMENT ->
              shown.text("consent.document", ClientDocuments.host(shown.client().id()));
        };
    return text.isEmpty() ? "" : "<p class=\"note\">%s</p>\n".formatted(text);
  }

  /// @param refusal the class of the button that refuses
  private static String answers(Shown shown, String session, String refusal) {
    return """
    <input type="hidden" name="session" value="%s">
    <input type="hidden" name="shown" value="%s">
    <button name="decision" value="allow">%s</button>
    <button class="%s" name="decision" value="deny">%s</button>
    <button class="other" name="decision" value="switch">%s</button>
    """
        .formatted(
            Pages.escaped(session),
            shown.client().shownMark(),
            shown.text("consent.allow"),
            refusal,
            shown.text("consent.deny"),
            shown.text("consent.switch"));
  }

  /// Says where the device is that asks, and refuses as easily as it allows (RFC 10027).
  private static Answer onDevice(
      Shown shown,
      AuthorizationRequest.Device device,
      String session,
      String email,
      String wishes) {
    return shown.page(
        200,
        shown.texts().get("consent.title", shown.client().title()),
        "<p>%s</p>\n".formatted(shown.text("device.consent", email, shown.client().title()))
            + unknown(shown)
            + wishes
            + "<p>%s</p>\n"
                .formatted(
                    shown.text("device.asked", device.userCode(), device.address(), device.agent()))
            + "<p class=\"note\">%s</p>\n".formatted(shown.text("device.warning"))
            + shown.form(Step.CONSENT, answers(shown, session, "")));
  }

  /// A page that tells the person in the browser what is wrong.
  public static Answer refuses(Request request, Problem problem) {
    Texts texts = Texts.of(request);
    return says(
        problem.code().status(), texts, texts.get("wrong.title"), PageForm.told(texts, problem));
  }

  /// A page that says something and asks nothing.
  ///
  /// @param key of its title and its text
  public static Answer says(int status, Texts texts, String key) {
    return says(status, texts, texts.get(key + ".title"), texts.get(key + ".text"));
  }

  static Answer says(int status, Texts texts, String title, String text) {
    return Pages.says(status, texts, title, text);
  }
}
