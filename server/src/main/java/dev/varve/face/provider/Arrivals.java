package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.Links;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.provider.Somebody;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Decides whose account it is that somebody comes with from a provider: the one place that does.
///
/// It is that of their link. Without one, it is the account with their address when both sides say that the address is theirs: the
/// provider, and a mail that was confirmed here. Otherwise they are new here, or have to sign in first and link it then.
final class Arrivals {
  private final AccountContext context;
  private final Trips trips;
  private final NewAccount newAccount;
  private final LinkNews news;
  private final Supplier<String> ids;

  Arrivals(AccountContext context, Trips trips, NewAccount newAccount, LinkNews news) {
    this.context = context;
    this.trips = trips;
    this.newAccount = newAccount;
    this.news = news;
    this.ids = context.stages().ids();
  }

  /// What comes of it.
  sealed interface Arrived {
    /// @param code for whoever sent the browser to the provider
    record Known(OpaqueToken code) implements Arrived {}

    /// Somebody new, of whom more must be known than the provider tells.
    ///
    /// @param errors the fields that are missing or wrong
    record Missing(List<FieldError> errors) implements Arrived {
      public Missing {
        errors = List.copyOf(errors);
      }
    }

    record Refused(Refusal refusal) implements Arrived {}
  }

  /// @param fields of a new account, beside those that the provider tells, as plain JSON values
  Arrived of(
      Somebody somebody,
      Errand errand,
      Map<String, Object> fields,
      String cookie,
      RequestSource source) {
    Optional<Input> input = Optional.empty();
    if (context.write(source, write -> isNew(write, somebody))) {
      try {
        input = Optional.of(newAccount.input(somebody, fields, source));
      } catch (Problem problem) {
        return problem.details().isEmpty()
            ? new Arrived.Refused(Refusal.SIGN_UP_ELSEWHERE)
            : new Arrived.Missing(problem.details());
      }
    }
    Optional<Input> given = input;
    return context.write(source, write -> settle(write, somebody, errand, given, cookie, source));
  }

  /// Whether an account is to be made. Looked at again in the unit that makes it.
  private boolean isNew(WriteContext write, Somebody somebody) throws SQLException {
    return Links.find(write.session(), somebody).isEmpty()
        && somebody.email().isPresent()
        && somebody.emailVerified()
        && context.account(write, somebody.email().get()).isEmpty()
        && newAccount.refusal(write, somebody).isEmpty();
  }

  private Arrived settle(
      WriteContext write,
      Somebody somebody,
      Errand errand,
      Optional<Input> input,
      String cookie,
      RequestSource source)
      throws SQLException {
    Optional<Links.Link> link = Links.find(write.session(), somebody);
    if (link.isPresent()) {
      return known(write, link.get().account(), somebody, errand, cookie);
    }
    if (somebody.email().isEmpty()) {
      return new Arrived.Refused(Refusal.EMAIL_MISSING);
    }
    if (!somebody.emailVerified()) {
      return new Arrived.Refused(Refusal.EMAIL_UNVERIFIED);
    }
    Optional<Entity> account = context.account(write, somebody.email().get());
    if (account.isPresent()) {
      return existing(write, account.get(), somebody, errand, cookie, source);
    }
    Optional<Refusal> refusal = newAccount.refusal(write, somebody);
    if (refusal.isPresent() || input.isEmpty()) {
      // without an input, the account was there a moment ago
      return new Arrived.Refused(refusal.orElse(Refusal.UNAVAILABLE));
    }
    Entity made = newAccount.make(write, somebody, input.get());
    Links.add(write, ids.get(), made.id(), somebody);
    news.record(write, Kind.PROVIDER_LINKED, made, somebody.provider(), source);
    return known(write, made.id(), somebody, errand, cookie);
  }

  private Arrived existing(
      WriteContext write,
      Entity account,
      Somebody somebody,
      Errand errand,
      String cookie,
      RequestSource source)
      throws SQLException {
    if (!context.accounts().verified(account)) {
      return new Arrived.Refused(Refusal.EMAIL_UNCONFIRMED);
    }
    if (context.accounts().disabled(account)) {
      // it is told why when a session is asked for; nothing is linked
      return new Arrived.Refused(Refusal.DISABLED);
    }
    if (Links.wasRemoved(write, account.id(), somebody)) {
      return new Arrived.Refused(Refusal.UNLINKED);
    }
    if (Links.of(write.session(), account.id()).size() >= Links.OF_ACCOUNT_MAX) {
      return new Arrived.Refused(Refusal.TOO_MANY_LINKS);
    }
    Links.add(write, ids.get(), account.id(), somebody);
    news.record(write, Kind.PROVIDER_LINKED, account, somebody.provider(), source);
    news.mailLinked(write, account, somebody.provider(), source);
    return known(write, account.id(), somebody, errand, cookie);
  }

  private Arrived known(
      WriteContext write, String account, Somebody somebody, Errand errand, String cookie)
      throws SQLException {
    Map<String, Object> content = content(somebody, errand);
    content.put("account", account);
    return new Arrived.Known(trips.issue(write, SingleUse.Kind.PROVIDER_CODE, content, cookie));
  }

  /// Who came back for an account that is signed in: the page that asked finishes that, as this account.
  ///
  /// @param kind of the code that it gets
  Arrived back(
      Somebody somebody, Errand errand, SingleUse.Kind kind, String cookie, RequestSource source) {
    return new Arrived.Known(trips.issue(source, kind, content(somebody, errand), cookie));
  }

  private static Map<String, Object> content(Somebody somebody, Errand errand) {
    Map<String, Object> content = new LinkedHashMap<>(errand.members());
    content.putAll(Identity.members(somebody));
    return content;
  }
}
