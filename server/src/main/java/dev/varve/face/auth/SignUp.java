package dev.varve.face.auth;

import dev.varve.identity.account.AccountModel;
import dev.varve.identity.account.MailTokens.Purpose;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Signing up. The answer never tells whether an e-mail address has an account: that is told to the mailbox alone.
final class SignUp {
  static final String ACCEPTED =
      "If the address is yours, you find a mail there that says how to go on";
  private static final String PASSWORD = "password";
  private static final String INVITED = "The account is ready: sign in";

  private final AccountContext context;
  private final SignUpTrial rehearsal;
  private final Invitations invitations;
  private final SignUpPage page;

  SignUp(AccountContext context, SignUpTrial rehearsal, Invitations invitations) {
    this.context = context;
    this.rehearsal = rehearsal;
    this.invitations = invitations;
    this.page = new SignUpPage(context);
  }

  List<Route> routes() {
    return List.of(
        Endpoint.get(SignUpPage.PATH, "showSignUp", "The page on which people sign up")
            .says("For applications that have no page of their own.")
            .shows(
                Member.text(Invitations.INVITATION).optional(),
                Member.text(ReturnPath.NAME).optional())
            .answeredBy(page::show),
        route());
  }

  private Route route() {
    return Endpoint.post(SignUpPage.PATH, "signUp", "Sign up")
        .says(
            "Mails a token that confirms the address, unless an invitation does. The answer does not tell whether the address has an account.")
        .takes(members())
        .gives(202, Endpoint.MESSAGE)
        .answeredBy(request ->
            PageForm.isForm(request)
                ? page.post(request, body -> signUp(request, body))
                : signUp(request, JsonBody.of(request)));
  }

  /// The fields that somebody who signs up may give.
  static Stream<Field> fields(AccountModel accounts) {
    return accounts.model().fields().stream()
        .filter(field ->
            !field.name().equals(AccountModel.EMAIL)
                && !AccountModel.GIVEN_BY_OTHERS.contains(field.name())
                && !field.system()
                && !field.readonly());
  }

  static boolean isNeeded(Field field) {
    return field.required() && field.defaultValue().isEmpty();
  }

  private List<Member> members() {
    List<Member> members = new ArrayList<>();
    members.add(Member.text(PASSWORD));
    members.add(Member.text(Invitations.INVITATION).optional().orNull());
    members.addAll(fieldMembers());
    return members;
  }

  /// What is told of the account itself.
  List<Member> fieldMembers() {
    List<Member> members = new ArrayList<>();
    members.add(Endpoint.EMAIL);
    fields(context.accounts())
        .forEach(field -> {
          Member member = Member.of(field.name(), new Route.Type.AccountField(field.name()));
          members.add(isNeeded(field) ? member : member.optional());
        });
    return members;
  }

  /// A sign-up that was read and checked.
  ///
  /// @param fields of the account, as they were given
  record Wish(
      String email, Map<String, @Nullable Object> fields, Input input, FirstCredential credential) {
    PendingSignUp pending() {
      return new PendingSignUp(credential, fields);
    }
  }

  /// `POST /auth/sign-up`
  private Answer signUp(Request request, JsonBody body) {
    requireOpen();
    RequestSource source = AccountContext.source(request);
    Optional<String> invitation = invitation(body);
    String password = body.password(PASSWORD);
    body.take(PASSWORD);
    Input input = read(body, password);
    rehearse(input, source);
    FirstCredential first = new FirstCredential.Password(context.passwords().hash(password));
    return follow(new Wish(email(input), body.rest(), input, first), invitation, source);
  }

  /// @throws Problem FORBIDDEN when nobody signs up here
  void requireOpen() {
    if (context.settings().signUp() == SignUpPolicy.CLOSED) {
      throw new Problem(
          ErrorCode.FORBIDDEN, "Nobody can sign up here: whoever runs this service makes accounts");
    }
  }

  /// Counts the mail that a sign-up leads to, and finds out what it would be refused for.
  void rehearse(Input input, RequestSource source) {
    context.note(source, write -> context.attempts().countMail(write, source));
    rehearsal.of(input, source);
  }

  String email(Input input) {
    return String.valueOf(input.value(context.accounts().email()));
  }

  /// What a sign-up leads to, with whatever its owner will sign in.
  Answer follow(Wish wish, Optional<String> invitation, RequestSource source) {
    if (invitation.isPresent()) {
      invitations.accept(wish, invitation.get(), source);
      return AccountAnswers.message(INVITED);
    }
    context.note(source, write -> context.mail(write, mail(write, wish), source));
    return AccountAnswers.message(ACCEPTED);
  }

  Optional<String> invitation(JsonBody body) {
    Optional<String> invitation = body.optionalToken(Invitations.INVITATION);
    body.take(Invitations.INVITATION);
    if (invitation.isPresent()) {
      return invitation;
    }
    if (context.settings().signUp() == SignUpPolicy.INVITED) {
      body.wrong(Invitations.INVITATION, "is needed: an administrator can send you one");
    }
    if (context.settings().verification() == VerificationPolicy.REQUIRED) {
      context.outbox().requireMail();
    }
    return invitation;
  }

  /// The fields of the account, checked, with everything that is wrong told at once.
  ///
  /// @param password that was chosen; nothing when it is wrong, or there is none
  Input read(JsonBody body, String password) {
    Model model = context.accounts().model();
    for (Field field : model.fields()) {
      if (AccountModel.GIVEN_BY_OTHERS.contains(field.name()) && body.has(field.name())) {
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

  /// What a sign-up without invitation leads to. It writes about as much in each case.
  private Optional<Letter> mail(WriteContext write, Wish wish) throws SQLException {
    Optional<Entity> account = context.account(write, wish.email());
    Mails mails = context.mails();
    if (account.isPresent() && context.accounts().verified(account.get())) {
      return context
          .mailTokens()
          .issue(write, Purpose.NOTICE, wish.email(), null, null)
          .map(_ -> mails.exists(wish.email()));
    }
    if (account.isEmpty() && context.settings().verification() == VerificationPolicy.OPTIONAL) {
      Entity made = context.create(write, wish.input());
      if (!wish.credential().give(write, made.id())) {
        throw new Problem(
            ErrorCode.ALREADY_EXISTS, "There is a passkey with this id already: make another");
      }
      return context
          .mailTokens()
          .issue(write, Purpose.VERIFY, wish.email(), made.id(), null)
          .map(token -> mails.verify(wish.email(), token));
    }
    return context
        .mailTokens()
        .issue(write, Purpose.SIGN_UP, wish.email(), null, wish.pending().json())
        .map(token -> mails.signUp(wish.email(), token));
  }
}
