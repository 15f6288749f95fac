package dev.varve.face.auth;

import dev.varve.identity.account.AccountModel;
import dev.varve.identity.account.AccountStages;
import dev.varve.identity.account.Attempts;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.MailTokens;
import dev.varve.identity.account.Passwords;
import dev.varve.identity.account.RefreshTokens;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SessionIssuer;
import dev.varve.identity.account.Sessions;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.mail.Outbox;
import dev.varve.identity.token.AccessTokens;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.write.WriteContext;
import dev.varve.lane.write.WriterTask;
import dev.varve.net.http.Request;
import dev.varve.schema.Field;
import dev.varve.schema.Scopes;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the flows of accounts have in common: what they are built on, and the steps that more than one of them takes.
/// Each flow is one request, answered on its thread; what it writes is one unit of work.
///
/// @param accounts the model of accounts, and its fields by what they mean
/// @param issuer opens sessions
/// @param attempts counts whatever could be guesses
/// @param outbox takes mails, which leave once the unit is written
/// @param mails writes their texts
public record AccountContext(
    AccountStages stages,
    AccountModel accounts,
    AuthSettings settings,
    Passwords passwords,
    Tokens tokens,
    SessionIssuer issuer,
    Attempts attempts,
    Outbox outbox,
    Mails mails) {

  /// What proves something to Varve later.
  ///
  /// @param access who sends a request, for minutes; signed, and kept nowhere
  /// @param refresh gets the next access token of a session, once
  /// @param single good once, such as a ticket of who owes a second factor
  /// @param mail came with a mail: whoever has it reads the mails of an address
  public record Tokens(
      AccessTokens access, RefreshTokens refresh, SingleUse single, MailTokens mail) {}

  private static final String ANONYMOUS = "anonymous";

  AccessTokens accessTokens() {
    return tokens.access();
  }

  public RefreshTokens refreshTokens() {
    return tokens.refresh();
  }

  MailTokens mailTokens() {
    return tokens.mail();
  }

  public Sessions sessions() {
    return stages.sessions();
  }

  public SecurityEvents events() {
    return stages.events();
  }

  /// Ends a session, and tells of it: what goes on in it, such as a stream of events, ends at once.
  ///
  /// @param kind why
  /// @return whether it was open
  public boolean end(WriteContext write, Kind kind, String id, RequestSource source)
      throws SQLException {
    Optional<OneSession> session = Sessions.find(write, id);
    if (session.isEmpty() || !sessions().end(write, id)) {
      return false;
    }
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("session", id);
    session.get().application().ifPresent(use -> detail.put("client", use.client()));
    events()
        .record(
            write,
            new Event(
                kind,
                Optional.of(session.get().account()),
                write.find(accounts.model(), session.get().account()).map(accounts::email),
                Optional.of(source),
                detail));
    return true;
  }

  /// Work for somebody who has not signed in. When this returns, what it wrote is durable.
  ///
  /// @throws Problem when the work refuses; nothing of it is written then
  public <T> T write(RequestSource source, WriterTask<T> work) {
    return stages.sequencer().submit(ANONYMOUS, source.requestId(), work);
  }

  /// Work for somebody who has not signed in, of which there is nothing to tell.
  void note(RequestSource source, Note note) {
    write(
        source,
        write -> {
          note.write(write);
          return true;
        });
  }

  /// Work for an account, of which there is nothing to tell.
  void note(RequestSource source, String account, Note note) {
    write(
        source,
        account,
        write -> {
          note.write(write);
          return true;
        });
  }

  /// Rows that are written.
  @FunctionalInterface
  interface Note {
    void write(WriteContext write) throws SQLException;
  }

  /// Work for an account. When this returns, what it wrote is durable.
  ///
  /// @param account the id of the account, which the log names as the actor
  /// @throws Problem when the work refuses; nothing of it is written then
  public <T> T write(RequestSource source, String account, WriterTask<T> work) {
    return stages.sequencer().submit(Caller.actor(account), source.requestId(), work);
  }

  /// Mails something if the unit at hand is kept, in the language of the request that led to it. It leaves after the answer.
  public void mail(WriteContext write, Letter letter, RequestSource source) throws SQLException {
    outbox.add(write, mails.written(letter, source.language()), letter.goodFor());
  }

  /// The same where there may be nothing to mail, which takes as long.
  void mail(WriteContext write, Optional<Letter> letter, RequestSource source) throws SQLException {
    if (letter.isPresent()) {
      mail(write, letter.get(), source);
    } else {
      outbox.addNothing(write);
    }
  }

  /// Decides an attempt that was counted. One that is refused instead, such as when too many hashes wait, is taken back:
  /// that is no fault of who made it.
  <T> T decide(Attempts.Attempt attempt, Supplier<T> decision) {
    try {
      return decision.get();
    } catch (Problem refused) {
      note(attempt.source(), write -> attempts.undecided(write, attempt));
      throw refused;
    }
  }

  /// The account as it is now. Reading it is no part of what anybody may do, so no rule is asked.
  public Optional<Entity> account(String id) {
    return accounts.find(stages.access(), stages.query(), id);
  }

  /// Whether a session may go on: its account may still sign in, and owes nothing that was not proven in it.
  public boolean mayGoOn(OneSession session) {
    Optional<Entity> account = account(session.account());
    return account.isPresent()
        && stages.database().lookup(rows -> issuer.mayGoOn(rows, account.get(), session.methods()));
  }

  public Optional<Entity> account(WriteContext write, String email) {
    return write.find(accounts.model(), AccountModel.EMAIL, email);
  }

  public Entity create(WriteContext write, Input input) {
    Command create = new Command.Create(accounts.model(), stages.ids().get(), false, input);
    return write
        .apply(stages.access().authorize(Caller.trusted(ANONYMOUS), create))
        .entity()
        .orElseThrow();
  }

  void change(WriteContext write, Entity account, Map<Field, ? extends @Nullable Object> fields) {
    change(write, account, accounts.input(fields));
  }

  void change(WriteContext write, Entity account, Input input) {
    Command merge = new Command.Merge(accounts.model(), account.id(), input, Precondition.NONE);
    write.apply(stages.access().authorize(Caller.trusted(Caller.actor(account.id())), merge));
  }

  /// What is under `/auth` is for the account itself.
  ///
  /// @throws Problem FORBIDDEN when an application asks that was not given all that the account may
  static void requireUnbound(Caller caller) {
    if (!caller.isUnbound()) {
      throw Problem.insufficientScope(
          "An application does this for somebody only when it was given the scope 'api'",
          caller.with(Set.of(Scopes.API)));
    }
  }

  /// The account of a caller.
  ///
  /// @throws Problem UNAUTHENTICATED or FORBIDDEN when there is none
  public static Entity requireAccount(Caller caller) {
    if (!caller.known()) {
      throw new Problem(
          ErrorCode.UNAUTHENTICATED,
          "Sign in first: send the access token in the header Authorization: Bearer TOKEN");
    }
    requireUnbound(caller);
    return caller
        .account()
        .orElseThrow(
            () -> new Problem(ErrorCode.FORBIDDEN, "An API key is no account: sign in as one"));
  }

  /// The account of an administrator. An account, and no machine: a key that is revoked must not live on in others that
  /// it made, or in accounts that it invited.
  ///
  /// @throws Problem UNAUTHENTICATED or FORBIDDEN
  static Entity requireAdministrator(Caller caller) {
    Entity account = requireAccount(caller);
    if (!caller.roles().contains(AccountModel.ADMIN)) {
      throw new Problem(ErrorCode.FORBIDDEN, "This is for accounts with the role 'admin'");
    }
    return account;
  }

  /// The caller that an account is once it has signed in.
  Caller caller(Entity account, String session) {
    return Caller.account(account, accounts.roles(account), session);
  }

  /// Where a request comes from.
  public static RequestSource source(Request request) {
    return RequestSource.of(
            request.id(), request.remoteAddress(), request.header("User-Agent").orElse("unknown"))
        .trustedBy(TrustCookie.of(request))
        .speaking(Texts.of(request).language());
  }
}
