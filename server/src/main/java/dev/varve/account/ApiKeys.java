package dev.varve.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.access.Caller;
import dev.varve.http.Answer;
import dev.varve.http.Request;
import dev.varve.http.Routes;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.sql.Database;
import dev.varve.write.Desk;
import dev.varve.write.Sequencer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;

/// Keys for machines: named, with roles, shown once.
///
/// A key reads `vk_`, its id, `_`, its secret. It is found by the id and told by the secret, of which the hash is kept.
public final class ApiKeys {
  static final String PREFIX = "vk_";

  private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);
  private static final int ID_LENGTH = 36;
  private static final int SECRET_LENGTH = 43;
  private static final int LENGTH = PREFIX.length() + ID_LENGTH + 1 + SECRET_LENGTH;
  private static final int KNOWN_MAX = 10_000;
  // nobody can tell more of them apart
  private static final int KEYS_MAX = 10_000;
  private static final Duration USE_NOTED_EVERY = Duration.ofHours(1);
  private static final int PAGE = 30;
  private static final int PAGE_MAX = 500;
  // after every id
  private static final String NEWEST = "g";

  private final Database database;
  private final Sequencer sequencer;
  private final SecurityEvents events;
  private final Supplier<String> ids;
  private final SecureRandom random;
  private final Clock clock;
  private final Cache<String, Known> known = Caffeine.newBuilder().maximumSize(KNOWN_MAX).build();

  /// A key in memory.
  ///
  /// @param usedAtMillis the use that was noted last
  private record Known(ApiKey key, Caller caller, AtomicLong usedAtMillis) {
    static Known of(ApiKey key) {
      return new Known(
          key,
          Caller.machine(key.id(), key.roles()),
          new AtomicLong(key.lastUsedAt().orElse(Instant.EPOCH).toEpochMilli()));
    }
  }

  /// @param ids makes the ids of keys
  public ApiKeys(
      Database database,
      Sequencer sequencer,
      SecurityEvents events,
      Supplier<String> ids,
      SecureRandom random,
      Clock clock) {
    this.database = database;
    this.sequencer = sequencer;
    this.events = events;
    this.ids = ids;
    this.random = random;
    this.clock = clock;
  }

  /// The machine that a key belongs to.
  ///
  /// @throws Problem UNAUTHENTICATED when the key is not good
  Caller caller(String text) {
    if (text.length() != LENGTH
        || !text.startsWith(PREFIX)
        || text.charAt(PREFIX.length() + ID_LENGTH) != '_') {
      throw ApiKey.refused("it has not the form of one");
    }
    String id = text.substring(PREFIX.length(), PREFIX.length() + ID_LENGTH);
    byte[] hash = OpaqueToken.sha256(text.substring(LENGTH - SECRET_LENGTH));
    Known found = known.get(id, this::load);
    if (found == null || !MessageDigest.isEqual(found.key().hash(), hash)) {
      throw ApiKey.refused("there is none like it");
    }
    Instant now = clock.instant();
    found.key().requireGood(now);
    noteUse(found, now);
    return found.caller();
  }

  private @Nullable Known load(String id) {
    return database.read(session -> ApiKey.find(session, id)).map(Known::of).orElse(null);
  }

  /// Notes that a key is in use, now and then, without keeping the request waiting.
  private void noteUse(Known key, Instant now) {
    long noted = key.usedAtMillis().get();
    long at = now.toEpochMilli();
    if (at < noted + USE_NOTED_EVERY.toMillis() || !key.usedAtMillis().compareAndSet(noted, at)) {
      return;
    }
    Thread.ofVirtual().name("varve-key-use").start(() -> noteUse(key.key().id(), now));
  }

  private void noteUse(String id, Instant now) {
    try {
      sequencer.submit(
          "key:" + id,
          "key-use",
          desk -> {
            ApiKey.used(desk.session(), id, now);
            return true;
          });
    } catch (RuntimeException e) {
      // the next hour brings another chance
      LOG.debug("The use of the API key {} was not noted", id, e);
    }
  }

  /// Adds `/auth/keys` and `/auth/keys/{id}`, for administrators.
  public void addTo(Routes.Builder routes) {
    routes.post("/auth/keys", this::make);
    routes.get("/auth/keys", this::list);
    routes.delete("/auth/keys/{id}", this::revoke);
  }

  private Answer make(Request request) {
    Caller admin = requireAdmin(request);
    ApiKeyRequest wanted = ApiKeyRequest.of(request);
    OpaqueToken secret = OpaqueToken.random(random);
    String id = ids.get();
    ApiKey made =
        sequencer.submit(
            admin.actor(),
            request.id(),
            desk -> insert(desk, id, wanted, secret, admin, Client.of(request)));
    String text = PREFIX + id + "_" + secret.text();
    return Answer.json(
        201,
        Json.bytes(json -> {
          json.writeStartObject();
          made.write(json);
          json.writeStringProperty("key", text);
          json.writeEndObject();
        }));
  }

  private ApiKey insert(
      Desk desk, String id, ApiKeyRequest wanted, OpaqueToken secret, Caller admin, Client client)
      throws SQLException {
    if (ApiKey.count(desk.session()) >= KEYS_MAX) {
      throw new Problem(
          ErrorCode.CONFLICT, "There are %,d API keys already, and no more".formatted(KEYS_MAX));
    }
    ApiKey key =
        new ApiKey(
            id,
            wanted.name(),
            wanted.roles(),
            secret.hash(),
            desk.at(),
            admin.actor(),
            Optional.empty(),
            wanted.expiresAt(),
            Optional.empty());
    key.insert(desk.session());
    events.record(desk, event(SecurityEvents.Kind.KEY_MADE, key, admin, client));
    return key;
  }

  private static SecurityEvents.Event event(
      SecurityEvents.Kind kind, ApiKey key, Caller admin, Client client) {
    return new SecurityEvents.Event(
        kind,
        admin.account().map(account -> account.id()),
        Optional.empty(),
        Optional.of(client),
        Map.of("key", key.id(), "name", key.name(), "roles", List.copyOf(key.roles())));
  }

  private Answer list(Request request) {
    requireAdmin(request);
    int limit = request.query().value("limit").map(ApiKeys::limit).orElse(PAGE);
    String before = request.query().value("cursor").map(ApiKeys::cursor).orElse(NEWEST);
    List<ApiKey> found = database.read(session -> ApiKey.before(session, before, limit + 1));
    List<ApiKey> page = found.subList(0, Math.min(limit, found.size()));
    Optional<String> next =
        found.size() > limit ? Optional.of(cursorText(page.getLast().id())) : Optional.empty();
    return Answer.json(200, Json.bytes(json -> write(json, page, next)));
  }

  private static void write(JsonGenerator json, List<ApiKey> page, Optional<String> next) {
    json.writeStartObject();
    json.writeName("items");
    json.writeStartArray();
    for (ApiKey key : page) {
      json.writeStartObject();
      key.write(json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeName("nextCursor");
    Json.write(json, next.orElse(null));
    json.writeEndObject();
  }

  private static int limit(String text) {
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= PAGE_MAX) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw badLimit();
    }
    throw badLimit();
  }

  private static Problem badLimit() {
    return Problem.parameter("limit", "must be a whole number from 1 to " + PAGE_MAX);
  }

  private static String cursorText(String id) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(id.getBytes(StandardCharsets.US_ASCII));
  }

  private static String cursor(String text) {
    try {
      byte[] id = Base64.getUrlDecoder().decode(text);
      if (id.length == ID_LENGTH) {
        return new String(id, StandardCharsets.US_ASCII);
      }
    } catch (IllegalArgumentException e) {
      throw badCursor();
    }
    throw badCursor();
  }

  private static Problem badCursor() {
    return new Problem(
        ErrorCode.INVALID_CURSOR,
        "This is not a cursor that the list of keys gave; use nextCursor as it stands, or start without a cursor");
  }

  private Answer revoke(Request request) {
    Caller admin = requireAdmin(request);
    String id = request.variable("id");
    ApiKey revoked =
        sequencer.submit(
            admin.actor(), request.id(), desk -> revoke(desk, id, admin, Client.of(request)));
    // a request that is reading the key from the database now has it replaced here when it is done
    known.put(id, Known.of(revoked));
    return Answer.noContent();
  }

  private ApiKey revoke(Desk desk, String id, Caller admin, Client client) throws SQLException {
    ApiKey key =
        ApiKey.find(desk.session(), id)
            .orElseThrow(() -> Problem.notFound("There is no API key with this id"));
    if (key.revokedAt().isPresent()) {
      return key;
    }
    ApiKey.revoke(desk.session(), id, desk.at());
    events.record(desk, event(SecurityEvents.Kind.KEY_REVOKED, key, admin, client));
    ApiKey revoked = ApiKey.find(desk.session(), id).orElseThrow();
    // before the commit: whoever hears of it there finds the key revoked
    known.put(id, Known.of(revoked));
    return revoked;
  }

  /// An account, and no machine: a key that is revoked must not live on in others that it made.
  private static Caller requireAdmin(Request request) {
    Caller caller = request.caller();
    AccountContext.requireAccount(caller);
    AccountContext.requireAdmin(caller);
    return caller;
  }
}
