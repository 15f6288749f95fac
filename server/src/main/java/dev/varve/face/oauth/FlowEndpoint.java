package dev.varve.face.oauth;

import dev.varve.face.auth.Texts;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.util.Optional;
import java.util.Set;

/// `/oauth2/flow/{id}`: the pages on which somebody signs in and lets a client in. Which page it is follows from what is known when it
/// is asked for, never from what a form says: so the back button, a second tab and a form that comes twice do no harm.
///
/// Each step has a class: [FlowSignIn], [FlowSecondFactor], [FlowConsent]; and [FlowEnd] is the end of them. [FlowOffer] stands beside the
/// way.
final class FlowEndpoint {
  private final FlowVisits visits;
  private final FlowSignIn signIn;
  private final FlowSecondFactor secondFactor;
  private final FlowConsent consent;
  private final FlowOffer offer;
  private final FlowEnd end;

  FlowEndpoint(
      FlowVisits visits,
      FlowSignIn signIn,
      FlowSecondFactor secondFactor,
      FlowConsent consent,
      FlowOffer offer,
      FlowEnd end) {
    this.visits = visits;
    this.signIn = signIn;
    this.secondFactor = secondFactor;
    this.consent = consent;
    this.offer = offer;
    this.end = end;
  }

  Answer get(Request request) {
    Optional<FlowVisit> visit = visits.of(request);
    if (visit.isEmpty()) {
      return FlowPages.says(400, Texts.of(request), "expired");
    }
    if (visit.get().flow().finished()) {
      return done(request, visit.get());
    }
    Optional<Answer> offered = offer.page(request, visit.get());
    if (offered.isPresent()) {
      return offered.get();
    }
    return switch (visit.get().step()) {
      case SIGN_IN -> signIn.show(request, visit.get());
      case SECOND_FACTOR -> secondFactor.show(visit.get());
      case ENROL -> secondFactor.showEnrolment(request, visit.get());
      case CONSENT -> consent.show(visit.get());
      case DONE -> end.letIn(request, visit.get(), Set.of(), 302);
    };
  }

  private static Answer done(Request request, FlowVisit visit) {
    return visit.isForOwnPage()
        ? visit.toOwnPage(303)
        : FlowPages.says(200, Texts.of(request), "done");
  }

  Answer post(Request request) {
    Optional<FlowVisit> visit = visits.of(request);
    if (visit.isEmpty()) {
      return FlowPages.says(400, Texts.of(request), "expired");
    }
    QueryString form = request.form();
    if (!visit.get().isOwn(request, form.text("token"))) {
      Texts texts = Texts.of(request);
      return FlowPages.says(403, texts, texts.get("wrong.title"), texts.get("wrong.foreign"));
    }
    if (visit.get().flow().finished()) {
      return done(request, visit.get());
    }
    if (form.text("step").equals(FlowOffer.FORM)) {
      return offer.post(request, form, visit.get());
    }
    if (!form.text("step").equals(visit.get().step().name())) {
      return visit.get().again();
    }
    return switch (visit.get().step()) {
      case SIGN_IN -> signIn.post(request, form, visit.get());
      case SECOND_FACTOR -> secondFactor.post(request, form, visit.get());
      case ENROL -> secondFactor.postEnrolment(request, form, visit.get());
      case CONSENT -> consent.post(request, form, visit.get());
      case DONE -> end.letIn(request, visit.get(), Set.of(), 303);
    };
  }
}
