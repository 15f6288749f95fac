package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.PasskeyFactor;
import dev.varve.face.auth.PasskeySignIn;
import dev.varve.face.auth.PasswordSignIn;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.passkey.PasskeyOptions;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import java.util.Map;
import java.util.Optional;

/// `POST /oauth2/flow/{id}/passkey`: challenges for the page that a flow shows, asked for by its script, and signing in with one of them.
final class FlowPasskeys {
  private final FlowVisits visits;
  private final PasskeySignIn signIn;
  private final PasskeyFactor factor;
  private final FlowOffer offer;

  FlowPasskeys(FlowVisits visits, PasskeySignIn signIn, PasskeyFactor factor, FlowOffer offer) {
    this.visits = visits;
    this.signIn = signIn;
    this.factor = factor;
    this.offer = offer;
  }

  Answer options(Request request) {
    Optional<FlowVisit> visit = visits.of(request).filter(found -> !found.flow().finished());
    if (visit.isEmpty() || !visit.get().isOwn(request, formToken(request))) {
      throw new Problem(ErrorCode.FORBIDDEN, "This is for the pages of a flow that goes on");
    }
    Map<String, Object> options =
        FlowPath.isOffer(request) ? offer.options(request) : toSignIn(request, visit.get());
    return Answer.json(200, Json.bytes(json -> Json.write(json, options)))
        .with("Cache-Control", "no-store");
  }

  private Map<String, Object> toSignIn(Request request, FlowVisit visit) {
    RequestSource source = AccountContext.source(request);
    return switch (visit.step()) {
      case SIGN_IN -> signIn.options(source, bound(visit));
      case SECOND_FACTOR -> factor.options(new BrowserSignIn.Kept(visit.flow()), source);
      case ENROL, CONSENT, DONE ->
          throw new Problem(ErrorCode.CONFLICT, "Somebody is signed in here already");
    };
  }

  private static String formToken(Request request) {
    return Json.read(request.body("application/json")) instanceof Map<?, ?> members
        ? String.valueOf(members.get("token"))
        : "";
  }

  /// What a challenge belongs to that was made for a page of this flow.
  private static String bound(FlowVisit visit) {
    return "flow " + PasskeyOptions.base64(OpaqueToken.sha256(visit.flow().id()));
  }

  /// @param json what the browser answers
  <T> T signIn(
      String json,
      FlowVisit visit,
      RequestSource source,
      SessionUse use,
      PasswordSignIn.Then<T> then) {
    return signIn.signIn(json, bound(visit), source, use, then);
  }
}
