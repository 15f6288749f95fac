package dev.varve.face.auth;

import dev.varve.identity.account.Factors;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.schema.record.Entity;
import java.util.Optional;

/// What administrators do about the second factors of others: they take them away, of somebody who has lost them all.
final class AdminFactorFlows {
  private final AccountContext context;
  private final StepUp stepUp;

  AdminFactorFlows(AccountContext context, StepUp stepUp) {
    this.context = context;
    this.stepUp = stepUp;
  }

  Route route() {
    return Endpoint.delete(
            "/auth/admin/accounts/{id}/factors", "resetFactors", "Take the factors of an account")
        .says(
            "Of somebody who has lost them all: recovery codes and trusted browsers go too, and every session ends. They sign in with what they have besides; for administrators.")
        .asks(Route.Caller.ADMINISTRATOR)
        .answeredBy(this::reset);
  }

  private Answer reset(Request request) {
    Entity administrator = stepUp.requireAdministrator(request);
    RequestSource source = AccountContext.source(request);
    String id = request.variable("id");
    context.note(
        source,
        administrator.id(),
        write -> {
          stepUp.require(write, administrator, request.caller());
          Entity account =
              write
                  .find(context.accounts().model(), id)
                  .orElseThrow(() -> Problem.notFound("There is no account '%s'".formatted(id)));
          String email = context.accounts().email(account);
          Factors.removeAll(write, id);
          int ended = context.sessions().endAll(write, id, Optional.empty());
          context
              .events()
              .record(
                  write,
                  Event.of(Kind.FACTORS_RESET, id, email, source)
                      .with("by", administrator.id())
                      .with("sessionsEnded", ended));
          context.mail(write, FactorMails.reset(email), source);
        });
    return Answer.noContent();
  }
}
