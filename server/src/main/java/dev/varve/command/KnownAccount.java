package dev.varve.command;

import dev.varve.kernel.UserMistake;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.expression.Operator;
import dev.varve.lane.expression.Predicates;
import dev.varve.lane.query.Item;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.store.sql.Database;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An account as the data have it, for commands that say what somebody would meet.
record KnownAccount(Entity account) {
  /// Reads it, beside a server that may be running.
  ///
  /// @throws UserMistake when nobody has the address
  static KnownAccount of(AppFolder app, String email) {
    try (Database database = AppData.toRead(app)) {
      AppData.Stored stored = AppData.stored(database);
      return find(stored, email)
          .map(KnownAccount::new)
          .orElseThrow(() ->
              new UserMistake(
                  List.of(
                      "No %s has the e-mail address %s"
                          .formatted(stored.schema().account().name(), email))));
    }
  }

  private static Optional<Entity> find(AppData.Stored stored, String email) {
    Schema schema = stored.schema();
    Model model = schema.account();
    Read.Page read =
        new Read.Page(
            model,
            Moment.NOW,
            Selection.ALL,
            Optional.of(Predicates.compare(schema, model, "email", Operator.EQ, List.of(email))),
            List.of(),
            1,
            Optional.empty(),
            false);
    Authorized<Read.Page> authorized = stored.access().authorize(Caller.operator("access"), read);
    return stored.query().list(authorized).items().stream().map(Item::entity).findFirst();
  }

  /// Such as `the roles staff, admin`.
  static String inWords(Collection<String> roles) {
    return switch (roles.size()) {
      case 0 -> "no roles";
      case 1 -> "the role " + String.join("", roles);
      default -> "the roles " + String.join(", ", roles);
    };
  }

  String email() {
    return String.valueOf(value("email"));
  }

  Set<String> roles() {
    Set<String> roles = new LinkedHashSet<>();
    if (value("roles") instanceof List<?> given) {
      given.forEach(role -> roles.add(String.valueOf(role)));
    }
    return roles;
  }

  boolean disabled() {
    return Boolean.TRUE.equals(value("disabled"));
  }

  private @Nullable Object value(String field) {
    return account.value(account.model().field(field).orElseThrow());
  }
}
