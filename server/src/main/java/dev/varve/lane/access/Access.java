package dev.varve.lane.access;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.varve.lane.access.Caller.Kind;
import dev.varve.lane.expression.Predicates;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The rules of a schema, compiled, and the one place that says yes.
public final class Access {
  private static final Grants EVERYTHING = new OperatorGrants();
  // combinations of roles that are in use at once; others are made again when they come
  private static final int ROLES_KNOWN_MAX = 1_000;

  private final Map<String, RuleBook> books;
  private final Grants anonymous;
  private final LoadingCache<CallerRoles, Grants> known;
  private final boolean tellsClients;

  Access(Map<String, RuleBook> books) {
    this.books = Map.copyOf(books);
    this.tellsClients = books.values().stream().anyMatch(RuleBook::tellsClients);
    this.anonymous = new CallerGrants(this.books, CallerRoles.ANONYMOUS);
    this.known =
        Caffeine.newBuilder()
            .maximumSize(ROLES_KNOWN_MAX)
            .build(roles -> new CallerGrants(this.books, roles));
  }

  /// Compiles every rule of a schema, or names everything that is wrong with them.
  public static RulesResult compile(Schema schema) {
    return new RuleCompiler(schema).compile();
  }

  /// The rules for a caller, for whoever describes what may be done.
  public Grants grants(Caller caller) {
    return switch (caller.kind()) {
      case ANONYMOUS -> anonymous;
      case ACCOUNT, MACHINE -> known.get(CallerRoles.of(caller, tellsClients));
      case OPERATOR -> EVERYTHING;
    };
  }

  /// Refuses what no rule could ever allow to the caller, before it is looked at.
  ///
  /// @throws Problem as [#authorize] does
  public void admit(Caller caller, Model model, Operation operation) {
    requireSome(grants(caller), caller, model, operation);
  }

  /// Lets a command pass to the write lane, bound by the rules for the caller.
  ///
  /// @throws Problem with UNAUTHENTICATED when nobody asks and somebody could be allowed it, with
  ///     FORBIDDEN when no rule could ever allow it to the caller
  public Authorized<Command> authorize(Caller caller, Command command) {
    Grants grants = grants(caller);
    requireSome(grants, caller, command.model(), command.operation());
    return new Authorized<>(command, caller, grants);
  }

  /// Lets somebody make their own account, which no rule for the model has to allow; the rules for its fields bind
  /// them.
  ///
  /// @param caller the account that is to be
  public Authorized<Command> authorizeSignUp(Caller caller, Command.Create create) {
    return new Authorized<>(create, caller, new SignUpGrants(grants(caller), create.model()));
  }

  /// Lets a read pass to the read lane, bound by the rules for the caller.
  ///
  /// @throws Problem with UNAUTHENTICATED when nobody asks and somebody could be allowed it, with
  ///     FORBIDDEN when no rule could ever allow it to the caller, with INVALID_PARAMETER when it
  ///     filters, sorts or expands by what the caller may not see
  public <R extends Read> Authorized<R> authorize(Caller caller, R read) {
    Grants grants = grants(caller);
    requireSome(grants, caller, read.model(), Operation.READ);
    if (caller.kind() != Kind.OPERATOR) {
      new ReadCheck(grants).check(read);
    }
    return new Authorized<>(read, caller, grants);
  }

  private void requireSome(Grants grants, Caller caller, Model model, Operation operation) {
    if (!grants.records(model, operation).equals(Predicates.never())) {
      return;
    }
    if (grants.signInHelps(model, operation)) {
      throw AccessRefusals.unauthenticated(model, operation, book(model).scopes(operation));
    }
    throw AccessRefusals.forbidden(book(model), operation, caller);
  }

  /// The command of a caller who makes a record. Where they left them out, the record gets the caller as its owner, if a
  /// rule for owners lets them create it, and an id.
  ///
  /// @param given the fields, as [dev.varve.kernel.Json] reads them
  /// @param ids makes the id of a record that comes without one
  /// @throws dev.varve.kernel.Problem VALIDATION_ERROR or MALFORMED_REQUEST
  public Command.Create creation(
      Caller caller, Model model, @Nullable Object given, Supplier<String> ids) {
    Object complete = withOwner(caller, model, given);
    Input input = InputReader.read(model, complete, InputReader.Mode.CREATE);
    return input.value(model.id()) instanceof String id
        ? new Command.Create(model, id, true, input)
        : new Command.Create(model, ids.get(), false, input);
  }

  private @Nullable Object withOwner(Caller caller, Model model, @Nullable Object given) {
    if (caller.account().isEmpty() || !(given instanceof Map<?, ?> members)) {
      return given;
    }
    Map<Object, @Nullable Object> complete = new LinkedHashMap<>(members);
    for (Field owner : book(model).ownersAtCreation()) {
      if (!complete.containsKey(owner.name())) {
        complete.put(owner.name(), caller.account().get().id());
      }
    }
    return complete;
  }

  /// The fields of a new record that [#creation] fills in for some callers, so that nobody has to give them.
  public List<Field> ownersAtCreation(Model model) {
    return book(model).ownersAtCreation();
  }

  /// What the rules say, in words: first of the model, then of each field and list with rules of its own.
  ///
  /// @param roles of whoever is meant
  public List<Explanation> explain(Kind kind, Set<String> roles, Model model) {
    return new Explainer(book(model), new CallerRoles(kind, Set.copyOf(roles))).explain();
  }

  private RuleBook book(Model model) {
    RuleBook book = books.get(model.name());
    if (book == null) {
      throw new IllegalArgumentException("No model named " + model.name());
    }
    return book;
  }
}
