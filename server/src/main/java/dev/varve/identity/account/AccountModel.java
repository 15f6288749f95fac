package dev.varve.identity.account;

import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.query.Query;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The model of accounts, and what of it this package reads and writes.
public record AccountModel(Model model, Field email, Field roles, Field verified, Field disabled) {
  /// The role of administrators.
  public static final String ADMIN = "admin";

  public static final String EMAIL = "email";
  static final String NAME = "name";
  public static final String ROLES = "roles";
  static final String VERIFIED = "verified";
  static final String DISABLED = "disabled";

  /// The fields of an account that nobody signs up with.
  public static final Set<String> GIVEN_BY_OTHERS =
      Set.of(
          Model.ID, Model.CREATED_AT, Model.UPDATED_AT, Model.VERSION, ROLES, VERIFIED, DISABLED);

  public static AccountModel of(Model model) {
    return new AccountModel(
        model,
        model.field(EMAIL).orElseThrow(),
        model.field(ROLES).orElseThrow(),
        model.field(VERIFIED).orElseThrow(),
        model.field(DISABLED).orElseThrow());
  }

  /// The account of that id. It is read for Varve itself: no rule is asked.
  public Optional<Entity> find(Access access, Query query, String id) {
    Read.One one = new Read.One(model, id, Moment.NOW, Selection.ALL);
    return query
        .one(access.authorize(Caller.trusted("authentication"), one))
        .map(found -> found.item().entity());
  }

  public String email(Entity account) {
    return (String) Objects.requireNonNull(account.value(email));
  }

  public Set<String> roles(Entity account) {
    Set<String> names = new LinkedHashSet<>();
    if (account.value(roles) instanceof List<?> values) {
      values.forEach(value -> names.add(String.valueOf(value)));
    }
    return names;
  }

  /// Whether an address is that of an account, and confirmed.
  public boolean hasMailbox(Entity account, String email) {
    return verified(account) && email(account).equals(email);
  }

  public boolean verified(Entity account) {
    return Boolean.TRUE.equals(account.value(verified));
  }

  public boolean disabled(Entity account) {
    return Boolean.TRUE.equals(account.value(disabled));
  }

  /// Input that gives these fields alone.
  public Input input(Map<Field, ? extends @Nullable Object> given) {
    return with(
        new Input(
            model, new @Nullable Object[model.fields().size()], new boolean[model.fields().size()]),
        given);
  }

  /// The input, with these fields on top.
  public Input with(Input input, Map<Field, ? extends @Nullable Object> more) {
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    boolean[] present = new boolean[model.fields().size()];
    input.forEach((field, value) -> {
      values[field.ordinal()] = value;
      present[field.ordinal()] = true;
    });
    more.forEach((field, value) -> {
      values[field.ordinal()] = value;
      present[field.ordinal()] = true;
    });
    return new Input(model, values, present);
  }
}
