package dev.varve.face.auth;

import dev.varve.identity.account.Attempts;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Request;
import java.util.Optional;

/// Counts what is not good among the keys that come with requests, as any other failed attempt.
final class BearerAttempts implements Authentication {
  private final AccountContext context;
  private final Authentication authentication;
  private final FailedAttempts failures;

  BearerAttempts(AccountContext context, Authentication authentication, FailedAttempts failures) {
    this.context = context;
    this.authentication = authentication;
    this.failures = failures;
  }

  @Override
  public boolean isOwn(String authorization) {
    return authentication.isOwn(authorization);
  }

  @Override
  public Caller caller(String authorization) {
    return authentication.caller(authorization);
  }

  @Override
  public Caller callerNow(String authorization, Request request) {
    return authentication.callerNow(authorization, request);
  }

  @Override
  public Caller caller(String authorization, Request request) {
    if (authorization.isEmpty()) {
      return Caller.ANONYMOUS;
    }
    if (!BearerAuthentication.isKey(authorization)) {
      // nobody guesses a signature, and what is for somebody else, such as the secret of a client
      // (Basic), counts where it is looked at
      return authentication.caller(authorization, request);
    }
    RequestSource source = AccountContext.source(request);
    context.attempts().requireKeysUnlocked(source);
    try {
      return authentication.caller(authorization, request);
    } catch (Problem problem) {
      if (problem.code() == ErrorCode.UNAUTHENTICATED) {
        count(source);
      }
      throw problem;
    }
  }

  private void count(RequestSource source) {
    context.note(
        source,
        write -> {
          Attempts.Attempt attempt = context.attempts().countKey(write, source);
          failures.record(write, Kind.PROOF_FAILED, attempt, Optional.empty(), "key");
        });
  }
}
