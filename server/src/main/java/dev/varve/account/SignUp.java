package dev.varve.account;

import dev.varve.access.Command;
import dev.varve.account.MailTokens.Purpose;
import dev.varve.account.SecurityEvents.Event;
import dev.varve.account.SecurityEvents.Kind;
import dev.varve.http.Answer;
import dev.varve.http.Request;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.schema.Entity;
import dev.varve.schema.Field;
import dev.varve.schema.Input;
import dev.varve.schema.InputReader;
import dev.varve.schema.Model;
import dev.varve.write.Desk;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Signing up, and proving that the mailbox is one's own.
///
/// The answer never tells whether an e-mail address has an account: that is told to the mailbox alone.
final class SignUp {
  private static final String INVITATION = "invitation";
  private static final String PASSWORD = "password";
  private static final String ACCEPTED =
      "If the address is yours, you find a mail there that says how to go on";
  private static final String INVITED = "The account is ready: sign in";

  private final AccountContext context;
  private final FailedAttempts failures;

  SignUp(AccountContext context, FailedAttempts failures) {
    this.context = context;
    this.failures = failures;
  }

  /// A sign-up that was read and checked.
  ///
  /// @param fields of the account, as they were given
  private record Wish(
      String email, Map<String, @Nullable Object> fields, Input input, String passwordHash) {}

  /// `POST /auth/sign-up`
  Answer signUp(Request request) {
    SignUpPolicy policy = context.settings().signUp();
    if (policy == SignUpPolicy.CLOSED) {
      throw new Problem(
          ErrorCode.FORBIDDEN, "Nobody can sign up here: whoever runs this service makes accounts");
    }
    Client client = Client.of(request);
    Body body = Body.of(request);
    Optional<String> invitation = body.optionalToken(INVITATION);
    body.take(INVITATION);
    if (policy == SignUpPolicy.INVITED && invitation.isEmpty()) {
      body.wrong(INVITATION, "is needed: an administrator can send you one");
    }
    if (invitation.isEmpty() && context.settings().verification() == VerificationPolicy.REQUIRED) {
      context.outbox().requireMail();
    }
    String password = body.password(PASSWORD);
    body.take(PASSWORD);
    Input input = read(body, password);
    context.write(
        client,
        desk -> {
          context.attempts().countMail(desk, client);
          return true;
        });
    rehearse(input, client);
    String email = String.valueOf(input.value(context.accounts().email()));
    Wish wish = new Wish(email, body.rest(), input, context.passwords().hash(password));
    if (invitation.isPresent()) {
      accept(wish, invitation.get(), client);
      return message(INVITED);
    }
    context.write(client, desk -> decide(desk, wish)).ifPresent(context.outbox()::send);
    return message(ACCEPTED);
  }

  static Answer message(String text) {
    return Answer.json(202, Json.bytes(json -> Json.write(json, Map.of("message", text))));
  }

  /// The fields of the account, checked, with everything that is wrong told at once.
  private Input read(Body body, String password) {
    Model model = context.accounts().model();
    for (Field field : model.fields()) {
      if (AccountContext.PROTECTED.contains(field.name()) && body.has(field.name())) {
        body.wrong(field.name(), "is not yours to set: leave it out");
        body.take(field.name());
      }
    }
    if (!password.isEmpty()) {
      body.wrong(context.passwords().weaknesses(PASSWORD, password));
    }
    Input input = null;
    try {
      input = InputReader.read(model, body.rest(), InputReader.Mode.CREATE);
    } catch (Problem problem) {
      body.wrong(problem.details());
    }
    body.check();
    if (input == null) {
      throw new IllegalStateException("Input that cannot be read has something wrong");
    }
    return input;
  }

  /// Tries the account out, under another address, and undoes it: what the rules, other unique fields or missing
  /// references refuse is told to everybody alike, whether their address has an account or not.
  private void rehearse(Input input, Client client) {
    // thrown when all went well
    Problem undone = new Problem(ErrorCode.CONFLICT, "A rehearsal is undone");
    Model model = context.accounts().model();
    String id = context.ids().get();
    Input other =
        context.accounts().with(input, Map.of(context.accounts().email(), id + "@invalid.invalid"));
    try {
      context.write(
          client,
          desk -> {
            Entity account = nobodyYet(model, id, other, desk);
            desk.apply(
                context
                    .access()
                    .authorizeSignUp(
                        context.caller(account, id), new Command.Create(model, id, false, other)));
            throw undone;
          });
    } catch (Problem problem) {
      if (problem != undone) {
        throw problem;
      }
    }
  }

  /// The account that rules know as `me` while it is made. It has nothing of what was given but the address: else
  /// whoever signs up would be let into a team, and at its fields, for saying to be in it.
  private Entity nobodyYet(Model model, String id, Input input, Desk desk) {
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    for (Field field : model.fields()) {
      values[field.ordinal()] = field.defaultValue().orElse(null);
    }
    Field email = context.accounts().email();
    values[email.ordinal()] = input.value(email);
    values[model.id().ordinal()] = id;
    values[model.createdAt().ordinal()] = desk.at();
    values[model.updatedAt().ordinal()] = desk.at();
    values[model.version().ordinal()] = 1L;
    return new Entity(model, values);
  }

  /// What a sign-up without invitation leads to. It writes about as much in each case.
  private Optional<Mail> decide(Desk desk, Wish wish) throws SQLException {
    Optional<Entity> account = context.account(desk, wish.email());
    Mails mails = context.mails();
    if (account.isPresent() && context.accounts().verified(account.get())) {
      return context
          .mailTokens()
          .issue(desk, Purpose.NOTICE, wish.email(), null, null)
          .map(_ -> mails.exists(wish.email()));
    }
    if (account.isEmpty() && context.settings().verification() == VerificationPolicy.OPTIONAL) {
      Entity made = context.create(desk, wish.input());
      Credentials.set(desk, made.id(), wish.passwordHash());
      return context
          .mailTokens()
          .issue(desk, Purpose.VERIFY, wish.email(), made.id(), null)
          .map(token -> mails.verify(wish.email(), token));
    }
    return context
        .mailTokens()
        .issue(desk, Purpose.SIGN_UP, wish.email(), null, payload(wish))
        .map(token -> mails.signUp(wish.email(), token));
  }

  private static String payload(Wish wish) {
    return new String(
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeStringProperty("hash", wish.passwordHash());
          json.writeName("fields");
          Json.write(json, wish.fields());
          json.writeEndObject();
        }),
        StandardCharsets.UTF_8);
  }

  /// Makes the account of somebody who was invited: the invitation proves the mailbox.
  private void accept(Wish wish, String invitation, Client client) {
    Optional<Problem> refused =
        context.write(
            client,
            desk -> {
              Attempts.Attempt attempt = context.attempts().count(desk, Optional.empty(), client);
              Optional<MailTokens.Row> row =
                  MailTokens.find(desk, invitation, Set.of(Purpose.INVITATION))
                      .filter(found -> found.email().equals(wish.email()));
              if (row.isEmpty()) {
                failures.record(desk, Kind.PROOF_FAILED, attempt, Optional.empty(), INVITATION);
                return Optional.of(
                    Problem.invalid(
                        INVITATION,
                        "is not good for this e-mail address: it was used, has expired, or never was one"));
              }
              context.attempts().succeeded(desk, attempt);
              MailTokens.use(desk, row.get());
              admit(desk, wish.input(), roles(row.get()), wish.passwordHash(), client);
              return Optional.empty();
            });
    refused.ifPresent(problem -> {
      throw problem;
    });
  }

  private static List<Object> roles(MailTokens.Row invitation) {
    Object roles = Json.read(invitation.payload().orElse("[]").getBytes(StandardCharsets.UTF_8));
    return roles instanceof List<?> list ? List.<Object>copyOf(list) : List.of();
  }

  /// Makes a verified account, or gives an unverified one to whoever has just proven the mailbox: what somebody else
  /// may have put there before, a password and sessions, is gone then.
  ///
  /// @param roles what the account gets on top; an earlier one keeps those it has
  /// @return whether there is no verified account with this address already
  private boolean admit(
      Desk desk, Input input, List<Object> roles, String passwordHash, Client client)
      throws SQLException {
    AccountModel accounts = context.accounts();
    String email = String.valueOf(input.value(accounts.email()));
    Map<Field, @Nullable Object> granted = new LinkedHashMap<>();
    granted.put(accounts.verified(), true);
    if (!roles.isEmpty()) {
      granted.put(accounts.roles(), roles);
    }
    Optional<Entity> earlier = context.account(desk, email);
    if (earlier.isPresent() && accounts.verified(earlier.get())) {
      return false;
    }
    MailTokens.endWaiting(desk, email);
    if (earlier.isEmpty()) {
      Entity made = context.create(desk, accounts.with(input, granted));
      Credentials.set(desk, made.id(), passwordHash);
      return true;
    }
    Entity account = earlier.get();
    MailTokens.endAll(desk, account.id());
    context.sessions().endAll(desk, account.id(), Optional.empty());
    Credentials.set(desk, account.id(), passwordHash);
    context.change(desk, account, accounts.with(changeable(input), granted));
    context.attempts().forget(desk, email, client);
    context
        .events()
        .record(
            desk,
            Event.of(Kind.PASSWORD_CHANGED, account.id(), email, client)
                .with("way", "sign-up confirmed"));
    return true;
  }

  /// What of an input for a new account can be given to one that is there: what an administrator may have decided of
  /// it stays.
  private Input changeable(Input input) {
    Map<Field, @Nullable Object> fields = new LinkedHashMap<>();
    input.forEach((field, value) -> {
      boolean changeable = !field.system() && !field.readonly() && !field.immutable();
      if (changeable && !AccountContext.PROTECTED.contains(field.name())) {
        fields.put(field, value);
      }
    });
    return context.accounts().input(fields);
  }

  /// `POST /auth/verify-email`: makes the account of a sign-up that waits, or marks the address of one as verified.
  ///
  /// Whoever reads the mailbox must also know the password that was chosen with it: a mail for the sign-up of somebody
  /// else, confirmed by mistake, would make an account that both can use.
  ///
  /// @return the address
  /// @throws Problem VALIDATION_ERROR when the token is not good, or the password is wrong: the token stays good then
  String verify(String token, String password, Client client) {
    Waiting waiting = context.write(client, desk -> waiting(desk, token, client));
    if (waiting.row().isEmpty()) {
      fail(waiting, client);
      throw useless();
    }
    if (waiting.hash().isEmpty() || !proven(waiting, password, client)) {
      fail(waiting, client);
      throw Problem.invalid(
          PASSWORD,
          "is not the one that was chosen at this sign-up. If you did not choose it, sign up again, or use the"
              + " forgotten password if you have an account");
    }
    return context
        .write(client, desk -> verify(desk, token, waiting, client))
        .orElseThrow(SignUp::useless);
  }

  /// What waits for a mailbox to be confirmed.
  ///
  /// @param hash of the password that was chosen with it
  private record Waiting(
      Attempts.Attempt attempt, Optional<MailTokens.Row> row, Optional<String> hash) {}

  private Waiting waiting(Desk desk, String token, Client client) throws SQLException {
    Optional<MailTokens.Row> row = confirmable(desk, token);
    Attempts.Attempt attempt =
        context.attempts().count(desk, row.map(MailTokens.Row::email), client);
    return new Waiting(attempt, row, row.isEmpty() ? Optional.empty() : hash(desk, row.get()));
  }

  private static Optional<MailTokens.Row> confirmable(Desk desk, String token) throws SQLException {
    return MailTokens.find(desk, token, Set.of(Purpose.SIGN_UP, Purpose.VERIFY));
  }

  private static Optional<String> hash(Desk desk, MailTokens.Row row) throws SQLException {
    if (row.purpose() == Purpose.SIGN_UP) {
      return payload(row).get("hash") instanceof String hash ? Optional.of(hash) : Optional.empty();
    }
    return row.account().isEmpty()
        ? Optional.empty()
        : Credentials.hash(desk.session(), row.account().get());
  }

  private static Map<?, ?> payload(MailTokens.Row row) {
    Object payload = Json.read(row.payload().orElse("{}").getBytes(StandardCharsets.UTF_8));
    return payload instanceof Map<?, ?> kept ? kept : Map.of();
  }

  private boolean proven(Waiting waiting, String password, Client client) {
    try {
      return context.passwords().verify(password, waiting.hash().orElseThrow());
    } catch (Problem overloaded) {
      context.write(
          client,
          desk -> {
            context.attempts().undecided(desk, waiting.attempt());
            return true;
          });
      throw overloaded;
    }
  }

  private void fail(Waiting waiting, Client client) {
    context.write(
        client,
        desk -> {
          fail(desk, waiting);
          return true;
        });
  }

  private void fail(Desk desk, Waiting waiting) throws SQLException {
    Optional<String> account = waiting.row().flatMap(MailTokens.Row::account);
    failures.record(desk, Kind.PROOF_FAILED, waiting.attempt(), account, "verify-email");
  }

  static Problem useless() {
    return Problem.invalid(
        "token", "is not good: it was used, has expired, or never was one. Ask for another mail");
  }

  private Optional<String> verify(Desk desk, String token, Waiting waiting, Client client)
      throws SQLException {
    Optional<MailTokens.Row> row = confirmable(desk, token);
    String proven = waiting.hash().orElseThrow();
    boolean good =
        row.isPresent()
            // of an account, the password may have changed since it was proven
            && hash(desk, row.get()).equals(Optional.of(proven))
            && (row.get().purpose() == Purpose.SIGN_UP
                ? make(desk, row.get(), proven, client)
                : mark(desk, row.get()));
    if (!good) {
      fail(desk, waiting);
      return Optional.empty();
    }
    context.attempts().succeeded(desk, waiting.attempt());
    MailTokens.use(desk, row.orElseThrow());
    return row.map(MailTokens.Row::email);
  }

  private boolean make(Desk desk, MailTokens.Row row, String hash, Client client)
      throws SQLException {
    // read again: the schema may have changed meanwhile
    Input input =
        InputReader.read(
            context.accounts().model(), payload(row).get("fields"), InputReader.Mode.CREATE);
    return admit(desk, input, List.of(), hash, client);
  }

  private boolean mark(Desk desk, MailTokens.Row row) {
    Optional<Entity> account =
        row.account()
            .flatMap(id -> desk.find(context.accounts().model(), id))
            .filter(found -> context.accounts().email(found).equals(row.email()));
    account.ifPresent(
        found -> context.change(desk, found, Map.of(context.accounts().verified(), true)));
    return account.isPresent();
  }

  /// `POST /auth/verify-email/resend`
  Answer resend(Request request) {
    context.outbox().requireMail();
    Body body = Body.of(request, AccountModel.EMAIL);
    String email = body.email(AccountModel.EMAIL);
    body.check();
    Client client = Client.of(request);
    context
        .write(
            client,
            desk -> {
              context.attempts().countMail(desk, client);
              return resend(desk, email);
            })
        .ifPresent(context.outbox()::send);
    return message(ACCEPTED);
  }

  private Optional<Mail> resend(Desk desk, String email) throws SQLException {
    Optional<MailTokens.Row> waiting = MailTokens.waiting(desk, email);
    Optional<Entity> unverified =
        context.account(desk, email).filter(account -> !context.accounts().verified(account));
    if (waiting.isPresent()) {
      Optional<OpaqueToken> token =
          context
              .mailTokens()
              .issue(desk, Purpose.SIGN_UP, email, null, waiting.get().payload().orElse(null));
      return token.map(found -> context.mails().signUp(email, found));
    }
    if (unverified.isPresent()) {
      return context
          .mailTokens()
          .issue(desk, Purpose.VERIFY, email, unverified.get().id(), null)
          .map(token -> context.mails().verify(email, token));
    }
    context.mailTokens().issue(desk, Purpose.NOTICE, email, null, null);
    return Optional.empty();
  }

  /// `POST /auth/invitations`
  Answer invite(Request request) {
    // an account, and no machine: a key that is revoked must not live on in accounts that it
    // invited
    AccountContext.requireAccount(request.caller());
    AccountContext.requireAdmin(request.caller());
    if (context.settings().signUp() == SignUpPolicy.CLOSED) {
      throw new Problem(
          ErrorCode.FORBIDDEN, "Nobody can sign up here, with the setting auth.signUp: CLOSED");
    }
    context.outbox().requireMail();
    Body body = Body.of(request, AccountModel.EMAIL, AccountModel.ROLES);
    String email = body.email(AccountModel.EMAIL);
    List<String> roles = roles(body);
    body.check();
    Client client = Client.of(request);
    context
        .write(
            client,
            desk -> {
              Optional<OpaqueToken> token =
                  context.mailTokens().issue(desk, Purpose.INVITATION, email, null, json(roles));
              context
                  .events()
                  .record(
                      desk,
                      new Event(
                          Kind.INVITED,
                          request.caller().account().map(Entity::id),
                          Optional.of(email),
                          Optional.of(client),
                          Map.of("roles", roles)));
              return token.map(found -> context.mails().invitation(email, found));
            })
        .ifPresent(context.outbox()::send);
    return message("The invitation is on its way");
  }

  private static String json(List<String> roles) {
    return new String(Json.bytes(json -> Json.write(json, roles)), StandardCharsets.UTF_8);
  }

  private List<String> roles(Body body) {
    if (!body.has(AccountModel.ROLES)) {
      return List.of();
    }
    List<FieldError> errors = new ArrayList<>();
    Object roles =
        InputReader.value(
            context.accounts().roles(), body.take(AccountModel.ROLES), AccountModel.ROLES, errors);
    body.wrong(errors);
    return roles instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }
}
