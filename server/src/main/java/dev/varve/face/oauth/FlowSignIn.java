package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.PageForm;
import dev.varve.face.auth.PasskeyForm;
import dev.varve.face.auth.PasskeySignals;
import dev.varve.face.auth.PasswordSignIn;
import dev.varve.face.auth.Texts;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import dev.varve.schema.EmailAddress;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The step of a flow at which somebody signs in, by whatever way: a password, a passkey, a link in a mail, or a place elsewhere.
final class FlowSignIn {
  private final AccountContext context;
  private final PasswordSignIn passwords;
  private final FlowPasskeys passkeys;
  private final PasskeySignals signals;
  private final Optional<FlowMailLink> mailLink;
  private final SignInElsewhere elsewhere;
  private final FlowPages pages;
  private final FlowEnd end;
  private final SecureRandom random;

  FlowSignIn(
      AccountContext context,
      PasswordSignIn passwords,
      FlowPasskeys passkeys,
      PasskeySignals signals,
      Optional<FlowMailLink> mailLink,
      SignInElsewhere elsewhere,
      FlowPages pages,
      FlowEnd end,
      SecureRandom random) {
    this.context = context;
    this.passwords = passwords;
    this.passkeys = passkeys;
    this.signals = signals;
    this.mailLink = mailLink;
    this.elsewhere = elsewhere;
    this.pages = pages;
    this.end = end;
    this.random = random;
  }

  /// The page, or what a link leads to that brings somebody back to it.
  Answer show(Request request, FlowVisit visit) {
    QueryString query = request.query();
    Optional<String> mailed = query.value(FlowMailLink.TOKEN);
    if (mailed.isPresent() && mailLink.isPresent()) {
      return mailLink.get().page(visit.shown(), mailed.get());
    }
    return query.value("code").isPresent() || query.value("error").isPresent()
        ? elsewhere(request, query, visit)
        : pages.signIn(
            visit.shown(),
            200,
            visit.shown().request().loginHint().orElse(""),
            notFresh(visit),
            Map.of());
  }

  /// Why somebody who has come by a provider is asked again: nobody knows when they proved who they are.
  private static String notFresh(FlowVisit visit) {
    boolean unknown =
        visit.session().filter(open -> open.authenticatedAt().isEmpty()).isPresent()
            && visit.shown().request().wantsProof();
    return unknown ? visit.texts().get("elsewhere.not_fresh", visit.shown().client().title()) : "";
  }

  /// Somebody is back from where they signed in, or did not.
  private Answer elsewhere(Request request, QueryString query, FlowVisit visit) {
    if (query.value("code").isEmpty()) {
      String key = "elsewhere." + query.value("error").orElse("");
      Texts texts = visit.texts();
      return pages.signIn(
          visit.shown(), 200, "", texts.get(texts.has(key) ? key : "elsewhere.failed"), Map.of());
    }
    SignInElsewhere.Return back =
        new SignInElsewhere.Return(
            query.value("code").orElseThrow(),
            visit.flow().id(),
            BrowserCookies.BROWSER.of(request).orElseThrow());
    return signIn(
        request, visit, "", (source, use, then) -> elsewhere.signIn(back, source, use, then));
  }

  Answer post(Request request, QueryString form, FlowVisit visit) {
    String email = EmailAddress.inLowerCase(form.text("email").strip());
    String decision = form.text("decision");
    if (decision.equals("deny")) {
      return end.deny(request, visit);
    }
    String passkey = form.text(PasskeyForm.CREDENTIAL);
    if (!passkey.isEmpty()) {
      return byPasskey(request, passkey, visit);
    }
    if (mailLink.isPresent() && decision.equals("link")) {
      return mail(request, visit, mailLink.get(), email);
    }
    if (mailLink.isPresent() && decision.equals("mailed")) {
      String token = form.text(FlowMailLink.TOKEN);
      return signIn(
          request,
          visit,
          "",
          (source, use, then) -> mailLink.get().signIn(visit.shown(), token, source, use, then));
    }
    String password = form.text("password");
    Way byPassword = (source, use, then) -> passwords.signIn(email, password, source, use, then);
    boolean offers = form.text(FlowOffer.ABLE).equals(FlowOffer.YES);
    return signIn(request, visit, email, byPassword, offers ? visit.offering() : visit.again());
  }

  private Answer mail(Request request, FlowVisit visit, FlowMailLink link, String email) {
    try {
      return link.send(visit.shown(), email, AccountContext.source(request));
    } catch (Problem problem) {
      return refused(visit, email, problem);
    }
  }

  /// A way to sign in.
  @FunctionalInterface
  private interface Way {
    Outcome signIn(RequestSource source, SessionUse use, PasswordSignIn.Then<Outcome> then);
  }

  private Answer signIn(Request request, FlowVisit visit, String email, Way way) {
    return signIn(request, visit, email, way, visit.again());
  }

  /// @param email that was typed
  /// @param next where whoever is signed in goes on
  private Answer signIn(Request request, FlowVisit visit, String email, Way way, Answer next) {
    try {
      return came(request, visit, email, way, next);
    } catch (Problem problem) {
      return refused(visit, email, problem);
    }
  }

  private Answer byPasskey(Request request, String passkey, FlowVisit visit) {
    try {
      return came(
          request,
          visit,
          "",
          (source, use, then) -> passkeys.signIn(passkey, visit, source, use, then),
          visit.again());
    } catch (Problem problem) {
      return refusedPasskey(visit, passkey, problem);
    }
  }

  private Answer came(Request request, FlowVisit visit, String email, Way way, Answer next) {
    OpaqueToken cookie = OpaqueToken.random(random);
    Outcome outcome =
        way.signIn(
            visit.source(request),
            new SessionUse.Browser(cookie),
            BrowserSignIn.first(context, visit, cookie)::came);
    return switch (outcome) {
      case Outcome.Opened _ -> BrowserCookies.SESSION.given(next, request, cookie);
      case Outcome.Owed _ -> BrowserCookies.PROOF.given(visit.again(), request, cookie);
      case Outcome.Refused(Problem problem) -> refused(visit, email, problem);
    };
  }

  /// Says what is wrong with a passkey, in the words that are told with it.
  private Answer refusedPasskey(FlowVisit visit, String passkey, Problem problem) {
    String details =
        problem.details().stream()
            .map(error -> visit.texts().get("passkey.wrong", visit.texts().told(error.message())))
            .collect(Collectors.joining(" "));
    Answer page =
        pages.signIn(
            visit.shown(),
            problem.code().status(),
            "",
            details.isEmpty() ? visit.texts().told(problem.text()) : details,
            signals.ofUnknown(passkey));
    return ErrorAnswers.waiting(page, problem);
  }

  /// The page once more, with what was wrong.
  ///
  /// @param email that was typed
  Answer refused(FlowVisit visit, String email, Problem problem) {
    String note = PageForm.told(visit.texts(), problem);
    return ErrorAnswers.waiting(
        pages.signIn(visit.shown(), problem.code().status(), email, note, Map.of()), problem);
  }
}
