package dev.varve.identity.account;

import dev.varve.kernel.Json;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.live.AccountNews;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import dev.varve.store.log.Change;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What happens to accounts: records of the model `SecurityEvent`, written in the unit that makes it happen, and a
/// line of JSON in the log of the process. No secret is in either.
public final class SecurityEvents {
  private static final Logger LOG = LoggerFactory.getLogger("dev.varve.security");
  private static final String MODEL = "SecurityEvent";
  private static final String ACTOR = "varve";

  private final Model model;
  private final Access access;
  private final Supplier<String> ids;

  /// @param ids makes the ids of the records
  public SecurityEvents(Schema schema, Access access, Supplier<String> ids) {
    this.model = schema.require(MODEL);
    this.access = access;
    this.ids = ids;
  }

  /// What happened.
  public enum Kind {
    ACCOUNT_CREATED,
    ACCOUNT_DELETED,
    ACCOUNT_DISABLED,
    ACCOUNT_ENABLED,
    ACCOUNTS_CHANGED,
    APPLICATION_LET_IN,
    APPLICATION_SHUT_OUT,
    BROWSER_DISTRUSTED,
    BROWSER_TRUSTED,
    CLIENT_CHANGED,
    CLIENT_DELETED,
    CLIENT_DISABLED,
    CLIENT_ENABLED,
    CLIENT_MADE,
    CLIENT_SECRET_ROTATED,
    CODE_REUSED,
    EMAIL_CHANGED,
    EMAIL_VERIFIED,
    FACTORS_RESET,
    FACTOR_ADDED,
    FACTOR_REMOVED,
    INVITED,
    KEY_MADE,
    KEY_REVOKED,
    LOCKED_OUT,
    PASSKEY_ADDED,
    PASSKEY_COPIED,
    PASSKEY_REMOVED,
    PASSWORD_CHANGED,
    PROOF_FAILED,
    PROVIDER_LINKED,
    PROVIDER_UNLINKED,
    RECOVERY_CODES_MADE,
    RECOVERY_CODE_USED,
    REFRESH_TOKEN_REUSED,
    ROLES_CHANGED,
    SESSIONS_ENDED,
    SIGNED_IN,
    SIGNED_OUT,
    SIGN_IN_FAILED,
    STEPPED_UP
  }

  /// What a change of the log tells of accounts, if it is such an event.
  public static Optional<AccountNews> told(Change change) {
    Entity event = change.after();
    if (event == null || !change.model().name().equals(MODEL)) {
      return Optional.empty();
    }
    return Optional.of(
        new AccountNews(
            Optional.ofNullable((String) event.value(field(event, "account"))),
            Kind.KEY_REVOKED.name().equals(event.value(field(event, "kind"))),
            NARROWED.contains(String.valueOf(event.value(field(event, "kind"))))));
  }

  // with these, clients may have less than they had
  private static final Set<String> NARROWED =
      Set.of(Kind.CLIENT_CHANGED.name(), Kind.CLIENT_DELETED.name(), Kind.CLIENT_DISABLED.name());

  private static Field field(Entity event, String name) {
    return event.model().field(name).orElseThrow();
  }

  /// Something that happened.
  ///
  /// @param account its id
  /// @param email the address that was given, or that the account has
  /// @param detail more, as plain JSON values
  public record Event(
      Kind kind,
      Optional<String> account,
      Optional<String> email,
      Optional<RequestSource> source,
      Map<String, Object> detail) {
    public static Event of(Kind kind, String account, String email, RequestSource source) {
      return new Event(
          kind, Optional.of(account), Optional.of(email), Optional.of(source), Map.of());
    }

    public Event with(String name, Object value) {
      Map<String, Object> more = new LinkedHashMap<>(detail);
      more.put(name, value);
      return new Event(kind, account, email, source, more);
    }
  }

  /// Something that happened, for other parts of this package.
  public void record(WriteContext write, Event event) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("kind", event.kind().name());
    event.account().ifPresent(account -> fields.put("account", account));
    event.email().ifPresent(email -> fields.put("email", email));
    event.source().ifPresent(source -> fields.put("address", source.address()));
    event.source().ifPresent(source -> fields.put("device", source.device()));
    if (!event.detail().isEmpty()) {
      fields.put("detail", event.detail());
    }
    Command create = new Command.Create(model, ids.get(), false, input(fields));
    write.apply(access.authorize(Caller.trusted(ACTOR), create));
    event.source().ifPresent(source -> fields.put("requestId", source.requestId()));
    LOG.info(
        "{}", new String(Json.bytes(json -> Json.write(json, fields)), StandardCharsets.UTF_8));
  }

  private Input input(Map<String, @Nullable Object> fields) {
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    boolean[] present = new boolean[model.fields().size()];
    fields.forEach((name, value) -> {
      Field field = model.field(name).orElseThrow();
      values[field.ordinal()] = value;
      present[field.ordinal()] = true;
    });
    return new Input(model, values, present);
  }
}
