package dev.varve.identity.account;

import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.query.Page;
import dev.varve.lane.write.WriteContext;
import dev.varve.lane.write.WriterTask;
import dev.varve.schema.EmailAddress;
import dev.varve.schema.Field;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What whoever holds the machine does with accounts: no rule binds them.
public final class Administration {
  private static final String TASK = "user";
  private static final int PAGE = 500;

  private final AccountStages stages;
  private final AccountModel accounts;
  private final Passwords passwords;
  private final Caller operator = Caller.operator(TASK);

  public Administration(AccountStages stages, Passwords passwords) {
    this.stages = stages;
    this.accounts = AccountModel.of(stages.schema().account());
    this.passwords = passwords;
  }

  /// An account, as an operator looks at it.
  public record Account(
      String id, String email, Set<String> roles, boolean verified, boolean disabled) {
    public Account {
      roles = Set.copyOf(roles);
    }
  }

  private Account view(Entity account) {
    return new Account(
        account.id(),
        accounts.email(account),
        accounts.roles(account),
        accounts.verified(account),
        accounts.disabled(account));
  }

  /// Makes an account that can sign in at once.
  ///
  /// @param fields of the model, as plain JSON values
  /// @throws Problem when a field is wrong or missing, the address is taken, or the password is weak
  public Account create(
      String email, List<String> roles, Map<String, Object> fields, String password) {
    List<FieldError> errors = new ArrayList<>(passwords.weaknesses("password", password));
    Map<String, Object> all = new LinkedHashMap<>(fields);
    all.put(AccountModel.EMAIL, email);
    all.put(AccountModel.ROLES, roles);
    all.put(AccountModel.VERIFIED, true);
    Optional<Input> input = read(all, errors);
    if (!errors.isEmpty() || input.isEmpty()) {
      throw Problem.invalid(errors);
    }
    String hash = passwords.hash(password);
    return write(write -> {
      Command create = new Command.Create(accounts.model(), stages.ids().get(), false, input.get());
      Entity made = write.apply(stages.access().authorize(operator, create)).entity().orElseThrow();
      Credentials.set(write, made.id(), hash);
      return view(made);
    });
  }

  private Optional<Input> read(Map<String, Object> fields, List<FieldError> errors) {
    try {
      return Optional.of(InputReader.read(accounts.model(), fields, InputReader.Mode.CREATE));
    } catch (Problem problem) {
      errors.addAll(problem.details());
      return Optional.empty();
    }
  }

  /// Gives an account another password, and ends all of its sessions.
  ///
  /// @throws Problem when there is no such account, or the password is weak
  public Account setPassword(String email, String password) {
    List<FieldError> weaknesses = passwords.weaknesses("password", password);
    if (!weaknesses.isEmpty()) {
      throw Problem.invalid(weaknesses);
    }
    String hash = passwords.hash(password);
    return write(write -> {
      Entity account = require(write, email);
      Credentials.set(write, account.id(), hash);
      stages.sessions().endAll(write, account.id(), Optional.empty());
      MailTokens.endAll(write, account.id());
      stages
          .events()
          .record(
              write,
              new Event(
                  Kind.PASSWORD_CHANGED,
                  Optional.of(account.id()),
                  Optional.of(accounts.email(account)),
                  Optional.empty(),
                  Map.of("way", "varve user")));
      return view(account);
    });
  }

  /// Takes the second factors of an account away, and ends all of its sessions.
  ///
  /// @throws Problem when there is no such account
  public Account resetFactors(String email) {
    return write(write -> {
      Entity account = require(write, email);
      Factors.removeAll(write, account.id());
      stages.sessions().endAll(write, account.id(), Optional.empty());
      stages
          .events()
          .record(
              write,
              new Event(
                  Kind.FACTORS_RESET,
                  Optional.of(account.id()),
                  Optional.of(accounts.email(account)),
                  Optional.empty(),
                  Map.of("way", "varve user")));
      return view(account);
    });
  }

  /// Shuts an account out, or lets it in again.
  ///
  /// @throws Problem when there is no such account
  public Account setDisabled(String email, boolean disabled) {
    Map<Field, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put(accounts.disabled(), disabled);
    return write(write -> {
      Entity account = require(write, email);
      Command merge =
          new Command.Merge(
              accounts.model(), account.id(), accounts.input(fields), Precondition.NONE);
      return view(write.apply(stages.access().authorize(operator, merge)).entity().orElseThrow());
    });
  }

  private Entity require(WriteContext write, String email) {
    return write
        .find(accounts.model(), AccountModel.EMAIL, EmailAddress.inLowerCase(email))
        .orElseThrow(() -> Problem.notFound("No account has the e-mail address " + email));
  }

  private <T> T write(WriterTask<T> work) {
    return stages.sequencer().submit(operator.actor(), "varve-" + TASK, work);
  }

  /// Every account, in the order in which they were made.
  public void forEach(Consumer<Account> action) {
    Optional<Read.Key> after = Optional.empty();
    do {
      Page page = page(after);
      page.items().forEach(item -> action.accept(view(item.entity())));
      after = page.next();
    } while (after.isPresent());
  }

  private Page page(Optional<Read.Key> after) {
    Access access = stages.access();
    Read.Page read =
        new Read.Page(
            accounts.model(),
            Moment.NOW,
            Selection.ALL,
            Optional.empty(),
            List.of(),
            PAGE,
            after,
            false);
    return stages.query().list(access.authorize(operator, read));
  }

  /// Whether somebody may administrate.
  public boolean hasAdministrator() {
    Optional<Read.Key> after = Optional.empty();
    do {
      Page page = page(after);
      if (page.items().stream()
          .anyMatch(item -> accounts.roles(item.entity()).contains(AccountModel.ADMIN))) {
        return true;
      }
      after = page.next();
    } while (after.isPresent());
    return false;
  }

  /// Makes an administrator with a random password.
  ///
  /// @return the password
  /// @throws Problem when the model of accounts wants more than an address and a name
  public String createAdministrator(String email) {
    String password = OpaqueToken.random(new SecureRandom()).text().substring(0, 22);
    Map<String, Object> fields =
        accounts.model().field(AccountModel.NAME).isPresent()
            ? Map.of(AccountModel.NAME, "Administrator")
            : Map.of();
    create(email, List.of(AccountModel.ADMIN), fields, password);
    return password;
  }
}
