package dev.varve.face.oauth;

import dev.varve.face.auth.MailSignIn;
import dev.varve.face.auth.Pages;
import dev.varve.face.auth.PasswordSignIn;
import dev.varve.face.oauth.FlowPages.Shown;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SessionUse;
import dev.varve.net.http.Answer;
import dev.varve.schema.EmailAddress;

/// Signing in to a flow with a link in a mail: it leads back to the flow, which is open in one browser alone, and on another device
/// what stands in the mail can be typed.
final class FlowMailLink {
  /// The parameter of the link, and the field of the form.
  static final String TOKEN = "mailed";

  private static final int TOKEN_LENGTH_MAX = 200;

  private final MailSignIn mails;

  FlowMailLink(MailSignIn mails) {
    this.mails = mails;
  }

  /// Sends a mail to an address, or to nobody: the page is the same.
  ///
  /// @throws dev.varve.kernel.Problem TOO_MANY_REQUESTS, or MAIL_UNAVAILABLE
  Answer send(Shown shown, String email, RequestSource source) {
    if (!email.isEmpty() && email.length() <= EmailAddress.LENGTH_MAX) {
      mails.send(email, bound(shown), FlowPath.of(shown.flow()), TOKEN, source);
    }
    return page(shown, "");
  }

  private static String bound(Shown shown) {
    return "flow " + shown.flow().id();
  }

  /// Asks for what stands in the mail.
  ///
  /// @param token from the link, which only has to be sent on: looking at a page uses nothing up
  Answer page(Shown shown, String token) {
    String fields =
        """
        <label for="mailed">%s</label>
        <input id="mailed" name="%s" value="%s" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="%d" required>
        <button name="decision" value="mailed">%s</button>
        """
            .formatted(
                shown.text("link.code"),
                TOKEN,
                Pages.escaped(token),
                TOKEN_LENGTH_MAX,
                shown.text("link.button"));
    return shown.page(
        200,
        shown.texts().get("link.title"),
        "<p>%s</p>\n".formatted(shown.text(token.isEmpty() ? "link.text" : "link.confirm"))
            + shown.form(Step.SIGN_IN, fields));
  }

  <T> T signIn(
      Shown shown,
      String token,
      RequestSource source,
      SessionUse use,
      PasswordSignIn.Then<T> then) {
    return mails.signIn(token, bound(shown), source, use, then);
  }
}
