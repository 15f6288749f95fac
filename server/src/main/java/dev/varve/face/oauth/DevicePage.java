package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.PageForm;
import dev.varve.face.auth.Pages;
import dev.varve.face.auth.Texts;
import dev.varve.identity.account.Attempts;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.client.Devices;
import dev.varve.identity.client.Flows;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// `/oauth2/device`: somebody types the code that a device shows (RFC 8628, section 3.3), and goes on over the pages of a flow. A code that
/// stands in the link is filled in, and yet has to be compared and sent: looking at a page lets nobody in.
final class DevicePage {
  static final String PATH = "/oauth2/device";
  // with whatever people put between its letters
  private static final int TYPED_LENGTH_MAX = 20;

  private final AccountContext context;
  private final Flows flows;
  private final SecureRandom random;

  DevicePage(AccountContext context, Flows flows, SecureRandom random) {
    this.context = context;
    this.flows = flows;
    this.random = random;
  }

  Answer get(Request request) {
    Optional<String> known = BrowserCookies.BROWSER.of(request);
    OpaqueToken browser = known.map(OpaqueToken::new).orElseGet(() -> OpaqueToken.random(random));
    String code = request.query().value("user_code").flatMap(Devices::typed).orElse("");
    Answer page = page(request, browser.text(), 200, code, "");
    return known.isPresent() ? page : BrowserCookies.BROWSER.given(page, request, browser);
  }

  Answer post(Request request) {
    QueryString form = request.form();
    Optional<String> browser = BrowserCookies.BROWSER.of(request);
    if (browser.isEmpty() || !isOwnForm(request, form, browser.get())) {
      Texts texts = Texts.of(request);
      return FlowPages.says(403, texts, texts.get("wrong.title"), texts.get("wrong.foreign"));
    }
    String typed = form.value("code").orElse("");
    try {
      Optional<String> flow = begin(typed, browser.get(), AccountContext.source(request));
      return flow.isPresent()
          ? Answer.empty(303).with("Location", FlowPath.of(flow.get()))
          : page(request, browser.get(), 400, "", Texts.of(request).get("device.wrong"));
    } catch (Problem problem) {
      String note = PageForm.told(Texts.of(request), problem);
      Answer page = page(request, browser.get(), problem.code().status(), "", note);
      return ErrorAnswers.waiting(page, problem);
    }
  }

  private static boolean isOwnForm(Request request, QueryString form, String browser) {
    boolean sameOrigin = request.header("Sec-Fetch-Site").map("same-origin"::equals).orElse(true);
    return sameOrigin
        && MessageDigest.isEqual(
            Flows.deviceToken(browser).getBytes(StandardCharsets.UTF_8),
            form.value("token").orElse("").getBytes(StandardCharsets.UTF_8));
  }

  /// Counted before it is looked at: a code is short.
  private Optional<String> begin(String typed, String browser, RequestSource source) {
    return context.write(
        source,
        write -> {
          Attempts.Attempt attempt = context.attempts().countCode(write, source);
          Optional<String> code = Devices.typed(typed);
          Optional<Devices.Waiting> device =
              code.isEmpty() ? Optional.empty() : Devices.claim(write, code.get(), browser);
          if (device.isEmpty()) {
            return Optional.<String>empty();
          }
          context.attempts().succeeded(write, attempt);
          return Optional.of(begin(write, device.get(), code.get(), browser));
        });
  }

  private String begin(WriteContext write, Devices.Waiting device, String code, String browser)
      throws SQLException {
    AuthorizationRequest asked =
        AuthorizationRequest.read(device.request())
            .onDevice(HexFormat.of().formatHex(device.hash()), code);
    return flows.begin(write, browser, device.client(), asked.json());
  }

  private static Answer page(
      Request request, String browser, int status, String code, String note) {
    Texts texts = Texts.of(request);
    return Pages.page(
        status,
        texts.language(),
        texts.get("device.title"),
        """
        <p>%s</p>
        %s<form method="post" action="%s">
        <input type="hidden" name="token" value="%s">
        <label for="code">%s</label>
        <input id="code" name="code" value="%s" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="%d" required autofocus>
        <button>%s</button>
        </form>
        """
            .formatted(
                Pages.escaped(texts.get(code.isEmpty() ? "device.text" : "device.compare")),
                Pages.note(note),
                PATH,
                Flows.deviceToken(browser),
                Pages.escaped(texts.get("device.code")),
                Pages.escaped(code),
                TYPED_LENGTH_MAX,
                Pages.escaped(texts.get("device.button"))),
        List.of(),
        "");
  }
}
