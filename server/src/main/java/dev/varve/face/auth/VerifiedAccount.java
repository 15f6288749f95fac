package dev.varve.face.auth;

import dev.varve.identity.account.AccountModel;
import dev.varve.identity.account.EarlierHolder;
import dev.varve.identity.account.MailTokens;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.Field;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a proven mailbox leads to: an account whose address is verified.
final class VerifiedAccount {
  private final AccountContext context;

  VerifiedAccount(AccountContext context) {
    this.context = context;
  }

  /// Makes a verified account, or gives an unverified one to whoever has just proven the mailbox: what somebody else
  /// may have put there before, a password, second factors, links, sessions and what applications may do, is gone then.
  ///
  /// @param roles what the account gets on top; an earlier one keeps those it has
  /// @return whether there is no verified account with this address already
  boolean admit(
      WriteContext write,
      Input input,
      List<Object> roles,
      FirstCredential credential,
      RequestSource source)
      throws SQLException {
    AccountModel accounts = context.accounts();
    String email = String.valueOf(input.value(accounts.email()));
    Map<Field, @Nullable Object> granted = new LinkedHashMap<>();
    granted.put(accounts.verified(), true);
    if (!roles.isEmpty()) {
      granted.put(accounts.roles(), roles);
    }
    Optional<Entity> earlier = context.account(write, email);
    if (earlier.isPresent() && accounts.verified(earlier.get())) {
      return false;
    }
    MailTokens.endWaiting(write, email);
    if (earlier.isPresent()) {
      Input given = accounts.with(changeable(input), granted);
      takeOver(write, earlier.get(), given, credential, source);
    } else {
      Entity made = context.create(write, accounts.with(input, granted));
      give(write, made.id(), credential);
    }
    return true;
  }

  private void takeOver(
      WriteContext write,
      Entity account,
      Input given,
      FirstCredential credential,
      RequestSource source)
      throws SQLException {
    String email = context.accounts().email(account);
    MailTokens.endAll(write, account.id());
    context.sessions().endAll(write, account.id(), Optional.empty());
    EarlierHolder.forget(write, account.id());
    give(write, account.id(), credential);
    context.change(write, account, given);
    context.attempts().forget(write, email, source);
    context
        .events()
        .record(
            write,
            Event.of(Kind.PASSWORD_CHANGED, account.id(), email, source)
                .with("way", "sign-up confirmed"));
  }

  private static void give(WriteContext write, String account, FirstCredential credential)
      throws SQLException {
    if (!credential.give(write, account)) {
      throw new Problem(
          ErrorCode.ALREADY_EXISTS,
          "There is a passkey with this id already: sign up again, with another");
    }
  }

  /// What of an input for a new account can be given to one that is there: what an administrator may have decided of
  /// it stays.
  private Input changeable(Input input) {
    Map<Field, @Nullable Object> fields = new LinkedHashMap<>();
    input.forEach((field, value) -> {
      boolean changeable = !field.system() && !field.readonly() && !field.immutable();
      if (changeable && !AccountModel.GIVEN_BY_OTHERS.contains(field.name())) {
        fields.put(field, value);
      }
    });
    return context.accounts().input(fields);
  }
}
