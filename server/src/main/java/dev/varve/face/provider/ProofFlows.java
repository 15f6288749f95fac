package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.Endpoint;
import dev.varve.face.auth.StepUp;
import dev.varve.identity.account.Links;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SessionIssuer;
import dev.varve.identity.account.SignInMethod;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.provider.IdentityProvider;
import dev.varve.identity.provider.Somebody;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Proving once more who somebody is at a provider: it is made to ask, and has to say in a signed token that it did. A provider that cannot
/// proves nothing here, however well it knows somebody.
final class ProofFlows {
  private static final String PATH = StepUp.PATH + "/provider";

  private final AccountContext context;
  private final StepUp stepUp;
  private final AccountTrips trips;
  private final Redemption redemption;

  ProofFlows(AccountContext context, StepUp stepUp, AccountTrips trips, Redemption redemption) {
    this.context = context;
    this.stepUp = stepUp;
    this.trips = trips;
    this.redemption = redemption;
  }

  List<Route> routes() {
    return List.of(
        Endpoint.post(PATH, "beginProviderStepUp", "Begin to prove at a provider who you are")
            .says(
                "Gives the address to which the page sends the browser, of a provider that the account is linked to and that `GET /auth/step-up` lists. It comes back to `returnTo` with a `code`, or an `error`.")
            .asks(Route.Caller.ACCOUNT)
            .takes(AccountTrips.WANTED)
            .gives(200, AccountTrips.LEADS)
            .answeredBy(this::begin),
        Endpoint.post(PATH + "/confirm", "confirmProviderStepUp", "Finish that")
            .says(
                "With the code that came back and the text whose SHA-256 was the challenge, in the session that asked. It counts when the same identity came back, and the provider says that it has just proven itself there.")
            .asks(Route.Caller.ACCOUNT)
            .takes(ExchangeEndpoint.PROOF)
            .gives(200, List.of(Member.instant("until")))
            .answeredBy(this::confirm));
  }

  /// `POST /auth/step-up/provider`
  Answer begin(Request request) {
    Entity account = StepUp.requireOwn(request.caller());
    String session = request.caller().session().orElseThrow();
    AccountTrips.Wish wish = trips.wish(request, provider -> wrong(account, provider));
    Errand errand =
        new Errand(
            wish.provider().name(), wish.goal(), new Errand.Proving(account.id(), session), true);
    return AccountTrips.leads(
        context.write(
            AccountContext.source(request),
            account.id(),
            write -> trips.begin(write, Departure.Begun.PROOF, errand)));
  }

  private Optional<String> wrong(Entity account, IdentityProvider provider) {
    if (!provider.asksAgain()) {
      return Optional.of(cannotTell(provider.title()));
    }
    return isLinked(account, provider.name())
        ? Optional.empty()
        : Optional.of("is '%s', to which the account is not linked".formatted(provider.name()));
  }

  private static String cannotTell(String title) {
    return "is %s, which does not tell when somebody proved who they are: GET %s lists other ways"
        .formatted(title, StepUp.PATH);
  }

  private boolean isLinked(Entity account, String provider) {
    return Links.of(context.stages().database(), account.id()).stream()
        .anyMatch(link -> link.provider().equals(provider));
  }

  /// What became of it. A refusal comes as a result, since what was written for it stays.
  private sealed interface Outcome {
    record Proven(Instant at) implements Outcome {}

    record Refused(Problem problem) implements Outcome {}
  }

  /// `POST /auth/step-up/provider/confirm`
  Answer confirm(Request request) {
    Caller caller = request.caller();
    Entity account = StepUp.requireOwn(caller);
    AccountTrips.Brought brought = AccountTrips.Brought.of(request);
    RequestSource source = AccountContext.source(request);
    Somebody somebody =
        Identity.read(trips.cameBack(SingleUse.Kind.PROVIDER_PROOF_CODE, brought, caller, source));
    Outcome outcome =
        context.write(
            source, account.id(), write -> prove(write, account, caller, somebody, source));
    return switch (outcome) {
      case Outcome.Proven(Instant at) -> StepUp.until(at);
      case Outcome.Refused(Problem problem) -> throw problem;
    };
  }

  private Outcome prove(
      WriteContext write, Entity account, Caller caller, Somebody somebody, RequestSource source)
      throws SQLException {
    String title = trips.title(somebody.provider());
    Optional<Links.Link> link =
        Links.find(write.session(), somebody).filter(found -> found.account().equals(account.id()));
    if (link.isEmpty()) {
      return refused(
          write,
          account,
          somebody,
          new Problem(
              ErrorCode.FORBIDDEN,
              "Whoever came back from %s is not whom this account is linked to there"
                  .formatted(title)),
          source);
    }
    Optional<Instant> fresh =
        somebody.provenAt().filter(at -> write.at().isBefore(at.plus(SessionIssuer.FRESH)));
    if (fresh.isEmpty()) {
      return refused(
          write,
          account,
          somebody,
          Problem.stepUp(
              "%s does not say that you proved just now who you are: GET %s lists other ways"
                  .formatted(title, StepUp.PATH),
              SessionIssuer.FRESH.toSeconds(),
              Optional.empty()),
          source);
    }
    stepUp.raise(write, account, caller, SignInMethod.PROVIDER, fresh.get(), source);
    Links.used(write, link.get().id(), redemption.kept(somebody, link.get()));
    return new Outcome.Proven(fresh.get());
  }

  private Outcome refused(
      WriteContext write,
      Entity account,
      Somebody somebody,
      Problem problem,
      RequestSource source) {
    context
        .events()
        .record(
            write,
            Event.of(Kind.PROOF_FAILED, account.id(), context.accounts().email(account), source)
                .with("way", "step-up")
                .with(AccountTrips.PROVIDER, somebody.provider()));
    return new Outcome.Refused(problem);
  }
}
