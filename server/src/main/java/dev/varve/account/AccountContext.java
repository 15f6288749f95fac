package dev.varve.account;

import dev.varve.access.Access;
import dev.varve.access.Caller;
import dev.varve.access.Command;
import dev.varve.access.Precondition;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.query.Query;
import dev.varve.schema.Entity;
import dev.varve.schema.Field;
import dev.varve.schema.Input;
import dev.varve.sql.Database;
import dev.varve.write.Desk;
import dev.varve.write.Sequencer;
import dev.varve.write.Work;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the flows of accounts have in common.
///
/// @param ids makes the ids of accounts and sessions
record AccountContext(
    AccountModel accounts,
    Access access,
    Query query,
    Sequencer sequencer,
    Database database,
    Clock clock,
    Supplier<String> ids,
    AuthSettings settings,
    Passwords passwords,
    AccessTokens accessTokens,
    Sessions sessions,
    RefreshTokens refreshTokens,
    MailTokens mailTokens,
    Attempts attempts,
    SecurityEvents events,
    Outbox outbox,
    Mails mails) {
  static final String ADMIN = "admin";
  private static final String ANONYMOUS = "anonymous";

  /// Work for somebody who has not signed in.
  <T> T write(Client client, Work<T> work) {
    return sequencer.submit(ANONYMOUS, client.requestId(), work);
  }

  /// Work for an account.
  <T> T write(Client client, String account, Work<T> work) {
    return sequencer.submit(Caller.actor(account), client.requestId(), work);
  }

  Optional<Entity> account(Desk desk, String email) {
    return desk.find(accounts.model(), AccountModel.EMAIL, email);
  }

  Entity create(Desk desk, Input input) {
    Command create = new Command.Create(accounts.model(), ids.get(), false, input);
    return desk.apply(access.authorize(Caller.trusted(ANONYMOUS), create)).entity().orElseThrow();
  }

  void change(Desk desk, Entity account, Map<Field, ? extends @Nullable Object> fields) {
    change(desk, account, accounts.input(fields));
  }

  void change(Desk desk, Entity account, Input input) {
    Command merge = new Command.Merge(accounts.model(), account.id(), input, Precondition.NONE);
    desk.apply(access.authorize(Caller.trusted(Caller.actor(account.id())), merge));
  }

  /// The account of a caller.
  ///
  /// @throws Problem UNAUTHENTICATED or FORBIDDEN when there is none
  static Entity requireAccount(Caller caller) {
    if (!caller.known()) {
      throw new Problem(
          ErrorCode.UNAUTHENTICATED,
          "Sign in first: send the access token in the header Authorization: Bearer TOKEN");
    }
    return caller
        .account()
        .orElseThrow(
            () -> new Problem(ErrorCode.FORBIDDEN, "An API key is no account: sign in as one"));
  }

  /// @throws Problem UNAUTHENTICATED or FORBIDDEN
  static void requireAdmin(Caller caller) {
    if (!caller.known()) {
      requireAccount(caller);
    }
    if (!caller.roles().contains(ADMIN)) {
      throw new Problem(ErrorCode.FORBIDDEN, "This is for accounts with the role 'admin'");
    }
  }

  /// The caller that an account is once it has signed in.
  Caller caller(Entity account, String session) {
    return Caller.account(account, accounts.roles(account), session);
  }

  static final Set<String> PROTECTED =
      Set.of(
          "id",
          "createdAt",
          "updatedAt",
          "version",
          AccountModel.ROLES,
          AccountModel.VERIFIED,
          AccountModel.DISABLED);
}
