package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.PasskeyFactor;
import dev.varve.face.auth.PasskeyForm;
import dev.varve.face.auth.PasskeySignIn;
import dev.varve.face.auth.PasskeySignals;
import dev.varve.face.auth.PasswordSignIn;
import dev.varve.face.auth.SameOrigin;
import dev.varve.face.auth.SecondFactor;
import dev.varve.face.auth.Texts;
import dev.varve.face.oauth.FlowPages.Shown;
import dev.varve.identity.account.Factor;
import dev.varve.identity.account.Factors;
import dev.varve.identity.account.FirstProof;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.Flows;
import dev.varve.identity.client.Flows.Flow;
import dev.varve.identity.passkey.PasskeyOptions;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import dev.varve.schema.EmailAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// `/oauth2/flow/{id}`: the pages on which somebody signs in and lets a client in. Which page it is follows from what is known when it
/// is asked for, never from what a form says: so the back button, a second tab and a form that comes twice do no harm.
final class FlowEndpoint {
  static final String PATTERN = "/oauth2/flow/{id}";
  static final String PASSKEY_PATTERN = PATTERN + "/passkey";

  private final AccountContext context;
  private final Clients clients;
  private final Flows flows;
  private final Authorization authorization;
  private final Answering answering;
  private final PasswordSignIn passwords;
  private final SecondFactor secondFactor;
  private final Passkeys passkeys;
  private final FlowEnrolment enrolment;
  private final Optional<FlowMailLink> mailLink;
  private final SignInElsewhere elsewhere;
  private final FlowPages pages;
  private final SecureRandom random;

  FlowEndpoint(
      AccountContext context,
      Clients clients,
      Flows flows,
      Authorization authorization,
      Answering answering,
      PasswordSignIn passwords,
      SecondFactor secondFactor,
      Passkeys passkeys,
      FlowEnrolment enrolment,
      Optional<FlowMailLink> mailLink,
      SignInElsewhere elsewhere,
      FlowPages pages,
      SecureRandom random) {
    this.context = context;
    this.clients = clients;
    this.flows = flows;
    this.authorization = authorization;
    this.answering = answering;
    this.passwords = passwords;
    this.secondFactor = secondFactor;
    this.passkeys = passkeys;
    this.enrolment = enrolment;
    this.mailLink = mailLink;
    this.elsewhere = elsewhere;
    this.pages = pages;
    this.random = random;
  }

  /// What passkeys do here.
  record Passkeys(PasskeySignIn signIn, PasskeyFactor factor, PasskeySignals signals) {}

  static String path(Flow flow) {
    return path(flow.id());
  }

  /// Where the script of a page gets a challenge.
  static String passkeyPath(Flow flow) {
    return path(flow) + "/passkey";
  }

  static String path(String id) {
    return "/oauth2/flow/" + id;
  }

  /// What is known of a request: whose flow it is, and how far it has come.
  private record Visit(Shown shown, Optional<OneSession> session, Step step) {}

  Answer get(Request request) {
    Optional<Visit> visit = visit(request);
    if (visit.isEmpty()) {
      return FlowPages.says(400, Texts.of(request), "expired");
    }
    if (visit.get().shown().flow().finished()) {
      return FlowPages.says(200, Texts.of(request), "done");
    }
    QueryString query = request.query();
    boolean back = query.value("code").isPresent() || query.value("error").isPresent();
    Optional<String> mailed = query.value(FlowMailLink.TOKEN);
    if (mailed.isPresent() && mailLink.isPresent() && visit.get().step() == Step.SIGN_IN) {
      return mailLink.get().page(visit.get().shown(), mailed.get());
    }
    return back && visit.get().step() == Step.SIGN_IN
        ? signInElsewhere(request, query, visit.get())
        : show(request, visit.get(), 302);
  }

  private Optional<Visit> visit(Request request) {
    Optional<String> browser = BrowserCookies.BROWSER.of(request);
    Optional<Flow> flow = browser.flatMap(cookie -> flows.find(request.variable("id"), cookie));
    Optional<Client> client = flow.flatMap(this::client);
    if (client.isEmpty()) {
      return Optional.empty();
    }
    AuthorizationRequest asked = AuthorizationRequest.read(flow.orElseThrow().request());
    if (!mayStillAsk(client.get(), asked)) {
      return Optional.empty();
    }
    Optional<OneSession> session = authorization.session(request);
    Step step =
        authorization.next(
            client.get(), asked, session, flow.get().createdAt(), flow.get().proven());
    Shown shown =
        new Shown(
            flow.get(),
            client.get(),
            asked,
            Flows.formToken(flow.get(), browser.orElseThrow()),
            Texts.of(request));
    return Optional.of(new Visit(shown, session, step));
  }

  /// One that is not there any more, or says nothing good of itself by now, has no pages.
  private Optional<Client> client(Flow flow) {
    try {
      return clients.resolve(flow.client());
    } catch (Problem refused) {
      return Optional.empty();
    }
  }

  /// Whether a client may still have what it asked for, and where it asked for it: it may be another than when the flow began.
  private static boolean mayStillAsk(Client client, AuthorizationRequest asked) {
    boolean addressed = asked.device().isPresent() || client.mayBeSentTo(asked.redirectUri());
    return addressed && client.scopes().containsAll(asked.scopes());
  }

  private Answer show(Request request, Visit visit, int status) {
    return switch (visit.step()) {
      case SIGN_IN ->
          pages.signIn(
              visit.shown(),
              200,
              visit.shown().request().loginHint().orElse(""),
              notFresh(visit),
              Map.of());
      case SECOND_FACTOR -> pages.secondFactor(visit.shown(), factors(visit), 200, "");
      case ENROL -> enrolment.show(request, visit.shown());
      case CONSENT -> consent(visit);
      case DONE -> letIn(request, visit, Set.of(), status);
    };
  }

  /// Why somebody who has come by a provider is asked again: nobody knows when they proved who they are.
  private static String notFresh(Visit visit) {
    boolean unknown =
        visit.session().filter(open -> open.authenticatedAt().isEmpty()).isPresent()
            && visit.shown().request().wantsProof();
    return unknown
        ? visit.shown().texts().get("elsewhere.not_fresh", visit.shown().client().title())
        : "";
  }

  private Set<Factor> factors(Visit visit) {
    String account = visit.shown().flow().proven().orElseThrow().account();
    return context.stages().database().lookup(rows -> Factors.provable(rows, account));
  }

  private Answer consent(Visit visit) {
    OneSession session = visit.session().orElseThrow();
    return pages.consent(visit.shown(), session.id(), email(session), signals(session));
  }

  private Map<String, Object> signals(OneSession session) {
    return context.account(session.account()).flatMap(passkeys.signals()::of).orElse(Map.of());
  }

  private String email(OneSession session) {
    return context
        .account(session.account())
        .map(context.accounts()::email)
        .orElse(session.account());
  }

  private Answer letIn(Request request, Visit visit, Set<String> allowed, int status) {
    return answering
        .code(
            request,
            visit.shown().client(),
            visit.shown().request(),
            visit.session().orElseThrow(),
            Optional.of(visit.shown().flow()),
            allowed,
            status)
        .orElseGet(() -> FlowPages.says(200, Texts.of(request), "done"));
  }

  Answer post(Request request) {
    Optional<Visit> visit = visit(request);
    if (visit.isEmpty()) {
      return FlowPages.says(400, Texts.of(request), "expired");
    }
    QueryString form = request.form();
    if (!isOwnForm(request, form, visit.get())) {
      Texts texts = Texts.of(request);
      return FlowPages.says(403, texts, texts.get("wrong.title"), texts.get("wrong.foreign"));
    }
    if (visit.get().shown().flow().finished()) {
      return FlowPages.says(200, Texts.of(request), "done");
    }
    if (!value(form, "step").equals(visit.get().step().name())) {
      return again(visit.get());
    }
    return switch (visit.get().step()) {
      case SIGN_IN -> signIn(request, form, visit.get());
      case SECOND_FACTOR -> secondFactor(request, form, visit.get());
      case ENROL -> enrol(request, form, visit.get());
      case CONSENT -> consent(request, form, visit.get());
      case DONE -> letIn(request, visit.get(), Set.of(), 303);
    };
  }

  private static Answer again(Visit visit) {
    return Answer.empty(303).with("Location", path(visit.shown().flow()));
  }

  /// Whether a form is one of this flow, sent by a page of this server.
  private static boolean isOwnForm(Request request, QueryString form, Visit visit) {
    return isOwn(request, value(form, "token"), visit);
  }

  private static boolean isOwn(Request request, String token, Visit visit) {
    return SameOrigin.mayHaveSentForm(request)
        && MessageDigest.isEqual(bytes(visit.shown().formToken()), bytes(token));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String value(QueryString form, String name) {
    return form.value(name).orElse("");
  }

  private Answer signIn(Request request, QueryString form, Visit visit) {
    String email = EmailAddress.inLowerCase(value(form, "email").strip());
    String decision = value(form, "decision");
    if (decision.equals("deny")) {
      return deny(request, visit);
    }
    String passkey = value(form, PasskeyForm.CREDENTIAL);
    if (!passkey.isEmpty()) {
      return signInByPasskey(request, passkey, visit);
    }
    if (mailLink.isPresent() && decision.equals("link")) {
      return mail(request, visit, mailLink.get(), email);
    }
    if (mailLink.isPresent() && decision.equals("mailed")) {
      String token = value(form, FlowMailLink.TOKEN);
      return signIn(
          request,
          visit,
          "",
          (source, use, then) -> mailLink.get().signIn(visit.shown(), token, source, use, then));
    }
    String password = value(form, "password");
    return signIn(
        request,
        visit,
        email,
        (source, use, then) -> passwords.signIn(email, password, source, use, then));
  }

  private Answer mail(Request request, Visit visit, FlowMailLink link, String email) {
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

  /// @param email that was typed
  private Answer signIn(Request request, Visit visit, String email, Way way) {
    OpaqueToken cookie = OpaqueToken.random(random);
    try {
      Outcome outcome =
          way.signIn(source(request, visit), new SessionUse.Browser(cookie), browser(visit)::came);
      return switch (outcome) {
        case Outcome.Opened _ -> BrowserCookies.SESSION.given(again(visit), request, cookie);
        case Outcome.Owed _ -> again(visit);
        case Outcome.Refused(Problem problem) -> refused(visit, email, problem);
      };
    } catch (Problem problem) {
      return refused(visit, email, problem);
    }
  }

  /// A browser that is trusted has proven something earlier, and that is not what a client wants that asks for two factors.
  private static RequestSource source(Request request, Visit visit) {
    RequestSource source = AccountContext.source(request);
    return visit.shown().request().secondFactor() ? source.distrusted() : source;
  }

  /// Somebody is back from where they signed in, or did not.
  private Answer signInElsewhere(Request request, QueryString query, Visit visit) {
    if (query.value("code").isEmpty()) {
      String key = "elsewhere." + query.value("error").orElse("");
      Texts texts = visit.shown().texts();
      return pages.signIn(
          visit.shown(), 200, "", texts.get(texts.has(key) ? key : "elsewhere.failed"), Map.of());
    }
    SignInElsewhere.Return back =
        new SignInElsewhere.Return(
            value(query, "code"),
            visit.shown().flow().id(),
            BrowserCookies.BROWSER.of(request).orElseThrow());
    return signIn(
        request, visit, "", (source, use, then) -> elsewhere.signIn(back, source, use, then));
  }

  private Answer signInByPasskey(Request request, String passkey, Visit visit) {
    OpaqueToken cookie = OpaqueToken.random(random);
    try {
      Outcome outcome =
          passkeys
              .signIn()
              .signIn(
                  passkey,
                  bound(visit),
                  source(request, visit),
                  new SessionUse.Browser(cookie),
                  browser(visit)::came);
      return switch (outcome) {
        case Outcome.Opened _ -> BrowserCookies.SESSION.given(again(visit), request, cookie);
        case Outcome.Owed _ -> again(visit);
        case Outcome.Refused(Problem problem) -> refused(visit, "", problem);
      };
    } catch (Problem problem) {
      return refusedPasskey(visit, passkey, problem);
    }
  }

  /// What a challenge belongs to that was made for a page of this flow.
  private static String bound(Visit visit) {
    return "flow " + PasskeyOptions.base64(OpaqueToken.sha256(visit.shown().flow().id()));
  }

  /// Says what is wrong with a passkey, in the words that are told with it.
  private Answer refusedPasskey(Visit visit, String passkey, Problem problem) {
    String details =
        problem.details().stream()
            .map(error -> visit.shown().texts().get("passkey.wrong", error.message()))
            .collect(Collectors.joining(" "));
    Answer page =
        pages.signIn(
            visit.shown(),
            problem.code().status(),
            "",
            details.isEmpty() ? problem.text() : details,
            passkeys.signals().ofUnknown(passkey));
    return waiting(page, problem);
  }

  /// `POST /oauth2/flow/{id}/passkey`: a challenge for the page that the flow shows, asked for by its script.
  Answer passkeyOptions(Request request) {
    Optional<Visit> visit = visit(request).filter(found -> !found.shown().flow().finished());
    if (visit.isEmpty() || !isOwn(request, formToken(request), visit.get())) {
      throw new Problem(ErrorCode.FORBIDDEN, "This is for the pages of a flow that goes on");
    }
    RequestSource source = AccountContext.source(request);
    Map<String, Object> options =
        switch (visit.get().step()) {
          case SIGN_IN -> passkeys.signIn().options(source, bound(visit.get()));
          case SECOND_FACTOR ->
              passkeys.factor().options(new BrowserSignIn.Kept(visit.get().shown().flow()), source);
          case ENROL, CONSENT, DONE ->
              throw new Problem(ErrorCode.CONFLICT, "Somebody is signed in here already");
        };
    return Answer.json(200, Json.bytes(json -> Json.write(json, options)))
        .with("Cache-Control", "no-store");
  }

  private static String formToken(Request request) {
    return Json.read(request.body("application/json")) instanceof Map<?, ?> members
        ? String.valueOf(members.get("token"))
        : "";
  }

  private BrowserSignIn browser(Visit visit) {
    return new BrowserSignIn(context, visit.shown().flow(), visit.session());
  }

  private Answer refused(Visit visit, String email, Problem problem) {
    return waiting(
        pages.signIn(visit.shown(), problem.code().status(), email, problem.text(), Map.of()),
        problem);
  }

  private Answer secondFactor(Request request, QueryString form, Visit visit) {
    return switch (value(form, "decision")) {
      case "deny" -> deny(request, visit);
      case "switch" -> forget(request, visit);
      default -> proveFactor(request, form, visit);
    };
  }

  private Answer enrol(Request request, QueryString form, Visit visit) {
    return switch (value(form, "decision")) {
      case "deny" -> deny(request, visit);
      case "switch" -> forget(request, visit);
      default ->
          enrolment.confirm(
              request,
              form,
              visit.shown(),
              browser(visit),
              problem -> over(request, visit, problem));
    };
  }

  /// Begins again with somebody else.
  private Answer forget(Request request, Visit visit) {
    context.write(
        AccountContext.source(request),
        write -> {
          Flows.forget(write, visit.shown().flow());
          return true;
        });
    return again(visit);
  }

  private Answer proveFactor(Request request, QueryString form, Visit visit) {
    Map<String, String> given = new HashMap<>();
    form.all().forEach(field -> given.put(field.name(), field.value()));
    OpaqueToken cookie = OpaqueToken.random(random);
    try {
      SecondFactor.Done<Outcome> done =
          secondFactor.prove(
              new BrowserSignIn.Kept(visit.shown().flow()),
              given,
              AccountContext.source(request),
              new SessionUse.Browser(cookie),
              browser(visit)::came);
      return switch (done.value()) {
        case Outcome.Opened _ ->
            done.with(BrowserCookies.SESSION.given(again(visit), request, cookie), request);
        case Outcome.Owed _ -> again(visit);
        case Outcome.Refused(Problem problem) -> wrongFactor(request, visit, problem);
      };
    } catch (Problem problem) {
      return wrongFactor(request, visit, problem);
    }
  }

  private Answer wrongFactor(Request request, Visit visit, Problem problem) {
    Optional<Answer> over = over(request, visit, problem);
    if (over.isPresent()) {
      return over.get();
    }
    Texts texts = visit.shown().texts();
    String note =
        problem.code() == ErrorCode.VALIDATION_ERROR ? texts.get("factor.wrong") : problem.text();
    return waiting(
        pages.secondFactor(visit.shown(), factors(visit), problem.code().status(), note), problem);
  }

  /// The page to begin again, when no factor will do any more: what was proven before is no longer good, and is forgotten.
  private Optional<Answer> over(Request request, Visit visit, Problem problem) {
    Flow flow = visit.shown().flow();
    boolean good =
        context.write(
            AccountContext.source(request),
            write -> {
              Optional<FirstProof> first = Flows.proven(write, flow);
              boolean holds = first.isPresent() && first.get().holds(write);
              if (!holds) {
                Flows.forget(write, flow);
              }
              return holds;
            });
    return good ? Optional.empty() : Optional.of(refused(visit, "", problem));
  }

  /// Says how long to wait, of a refusal that says so.
  static Answer waiting(Answer page, Problem problem) {
    return problem.retryAfterSeconds().isPresent()
        ? page.with("Retry-After", Long.toString(problem.retryAfterSeconds().getAsLong()))
        : page;
  }

  private Answer consent(Request request, QueryString form, Visit visit) {
    boolean same =
        value(form, "session").equals(visit.session().orElseThrow().id())
            && value(form, "shown").equals(visit.shown().client().shownMark());
    if (!same) {
      // the page was shown to somebody who was signed in before, or of a client that was another
      return again(visit);
    }
    return switch (value(form, "decision")) {
      case "allow" -> letIn(request, visit, visit.shown().request().scopes(), 303);
      case "switch" -> switchAccount(request, visit);
      default -> deny(request, visit);
    };
  }

  /// Signs out here, so that the same flow asks who it is.
  private Answer switchAccount(Request request, Visit visit) {
    OneSession session = visit.session().orElseThrow();
    RequestSource source = AccountContext.source(request);
    context.write(
        source,
        session.account(),
        write -> context.end(write, Kind.SIGNED_OUT, session.id(), source));
    return BrowserCookies.SESSION.taken(again(visit), request);
  }

  private Answer deny(Request request, Visit visit) {
    return answering.deny(request, visit.shown().request(), visit.shown().flow());
  }
}
