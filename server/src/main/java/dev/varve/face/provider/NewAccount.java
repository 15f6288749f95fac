package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.Invitations;
import dev.varve.face.auth.SignUpTrial;
import dev.varve.identity.account.AccountModel;
import dev.varve.identity.account.MailTokens;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.provider.Somebody;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.Field;
import dev.varve.schema.ScalarType;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The account of somebody whom a provider names and nobody here knows: under the same policy as any sign-up, with an address that the
/// provider has proven, and without a password.
final class NewAccount {
  private static final String NAME = "name";

  private final AccountContext context;
  private final SignUpTrial trial;

  NewAccount(AccountContext context) {
    this.context = context;
    this.trial = new SignUpTrial(context);
  }

  /// Why somebody gets no account, as far as that follows from the settings. An invitation is good for whoever proves its mailbox.
  Optional<Refusal> refusal(WriteContext write, Somebody somebody) throws SQLException {
    return switch (context.settings().signUp()) {
      case OPEN -> Optional.empty();
      case INVITED ->
          MailTokens.invitation(write, somebody.email().orElseThrow()).isPresent()
              ? Optional.empty()
              : Optional.of(Refusal.SIGN_UP_INVITED);
      case CLOSED -> Optional.of(Refusal.SIGN_UP_CLOSED);
    };
  }

  /// All fields of the account, checked as those of any sign-up are.
  ///
  /// @param fields beside those that the provider tells, as plain JSON values
  /// @throws Problem VALIDATION_ERROR naming what is missing or wrong, or what a rule refuses
  Input input(Somebody somebody, Map<String, Object> fields, RequestSource source) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>(fields);
    all.put(AccountModel.EMAIL, somebody.email().orElseThrow());
    if (!all.containsKey(NAME) && hasName()) {
      somebody.name().ifPresent(name -> all.put(NAME, name));
    }
    Input input = InputReader.read(context.accounts().model(), all, InputReader.Mode.CREATE);
    trial.of(input, source);
    return input;
  }

  private boolean hasName() {
    return context
        .accounts()
        .model()
        .field(NAME)
        .filter(field -> field.type() == ScalarType.STRING && !field.list())
        .filter(field -> !field.system() && !field.readonly())
        .isPresent();
  }

  /// Makes the account; an invitation is used up for it.
  Entity make(WriteContext write, Somebody somebody, Input input) throws SQLException {
    String email = somebody.email().orElseThrow();
    AccountModel accounts = context.accounts();
    Map<Field, @Nullable Object> granted = new LinkedHashMap<>();
    granted.put(accounts.verified(), true);
    Optional<MailTokens.Row> invitation = MailTokens.invitation(write, email);
    if (invitation.isPresent()) {
      List<Object> roles = Invitations.roles(invitation.get());
      if (!roles.isEmpty()) {
        granted.put(accounts.roles(), roles);
      }
      MailTokens.use(write, invitation.get());
    }
    MailTokens.endWaiting(write, email);
    return context.create(write, accounts.with(input, granted));
  }
}
