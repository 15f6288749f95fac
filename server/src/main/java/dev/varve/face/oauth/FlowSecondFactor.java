package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.BrowserCookies;
import dev.varve.face.auth.SecondFactor;
import dev.varve.identity.account.Factor;
import dev.varve.identity.account.Factors;
import dev.varve.identity.account.FirstProof;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.client.Flows;
import dev.varve.identity.client.Flows.Flow;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The steps of a flow at which somebody who has proven who they are owes a second factor: they prove it, or enrol one.
final class FlowSecondFactor {
  private final AccountContext context;
  private final SecondFactor secondFactor;
  private final FlowEnrolment enrolment;
  private final FlowSignIn signIn;
  private final FlowPages pages;
  private final FlowEnd end;
  private final SecureRandom random;

  FlowSecondFactor(
      AccountContext context,
      SecondFactor secondFactor,
      FlowEnrolment enrolment,
      FlowSignIn signIn,
      FlowPages pages,
      FlowEnd end,
      SecureRandom random) {
    this.context = context;
    this.secondFactor = secondFactor;
    this.enrolment = enrolment;
    this.signIn = signIn;
    this.pages = pages;
    this.end = end;
    this.random = random;
  }

  Answer show(FlowVisit visit) {
    return page(visit, 200, "");
  }

  private Answer page(FlowVisit visit, int status, String note) {
    return pages.secondFactor(visit.shown(), factors(visit), status, note);
  }

  private Set<Factor> factors(FlowVisit visit) {
    String account = visit.flow().proven().orElseThrow().account();
    return context.stages().database().lookup(rows -> Factors.provable(rows, account));
  }

  Answer showEnrolment(Request request, FlowVisit visit) {
    return enrolment.show(request, visit.shown());
  }

  Answer post(Request request, QueryString form, FlowVisit visit) {
    return switch (form.text("decision")) {
      case "deny" -> end.deny(request, visit);
      case "switch" -> forget(request, visit);
      default -> prove(request, form, visit);
    };
  }

  Answer postEnrolment(Request request, QueryString form, FlowVisit visit) {
    return switch (form.text("decision")) {
      case "deny" -> end.deny(request, visit);
      case "switch" -> forget(request, visit);
      default ->
          enrolment.confirm(
              request,
              form,
              visit.shown(),
              BrowserSignIn.second(context, visit),
              problem -> over(request, visit, problem));
    };
  }

  /// Begins again with somebody else.
  private Answer forget(Request request, FlowVisit visit) {
    context.write(
        AccountContext.source(request),
        write -> {
          Flows.forget(write, visit.flow());
          return true;
        });
    return visit.again();
  }

  private Answer prove(Request request, QueryString form, FlowVisit visit) {
    Map<String, String> given = new HashMap<>();
    form.all().forEach(field -> given.put(field.name(), field.value()));
    OpaqueToken cookie = OpaqueToken.random(random);
    try {
      SecondFactor.Done<Outcome> done =
          secondFactor.prove(
              new BrowserSignIn.Kept(visit.flow()),
              given,
              AccountContext.source(request),
              new SessionUse.Browser(cookie),
              BrowserSignIn.second(context, visit)::came);
      return switch (done.value()) {
        case Outcome.Opened _ ->
            done.with(BrowserCookies.SESSION.given(visit.again(), request, cookie), request);
        case Outcome.Owed _ -> visit.again();
        case Outcome.Refused(Problem problem) -> wrong(request, visit, problem);
      };
    } catch (Problem problem) {
      return wrong(request, visit, problem);
    }
  }

  private Answer wrong(Request request, FlowVisit visit, Problem problem) {
    Optional<Answer> over = over(request, visit, problem);
    if (over.isPresent()) {
      return over.get();
    }
    String note =
        problem.code() == ErrorCode.VALIDATION_ERROR
            ? visit.texts().get("factor.wrong")
            : visit.texts().told(problem.text());
    return ErrorAnswers.waiting(page(visit, problem.code().status(), note), problem);
  }

  /// The page to begin again, when no factor will do any more: what was proven before is no longer good, and is forgotten.
  private Optional<Answer> over(Request request, FlowVisit visit, Problem problem) {
    Flow flow = visit.flow();
    boolean good =
        context.write(
            AccountContext.source(request),
            write -> {
              Optional<FirstProof> first = Flows.proven(write, flow);
              boolean holds = first.isPresent() && first.get().holds(write, context.accounts());
              if (!holds) {
                Flows.forget(write, flow);
              }
              return holds;
            });
    return good ? Optional.empty() : Optional.of(signIn.refused(visit, "", problem));
  }
}
