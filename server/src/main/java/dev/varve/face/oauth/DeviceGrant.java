package dev.varve.face.oauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.face.auth.AccountContext;
import dev.varve.face.oauth.ApplicationSessions.Allowed;
import dev.varve.identity.client.Devices;
import dev.varve.identity.client.Devices.State;
import dev.varve.kernel.Json;
import dev.varve.kernel.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/// Tokens for a device that somebody has let in elsewhere (RFC 8628, section 3.4). It asks again and again until they have; how often
/// is looked after in memory, so that asking writes nothing.
final class DeviceGrant {
  static final long INTERVAL_SECONDS = 5;
  // added each time that a device asks too early (section 3.5)
  private static final long SLOWER_SECONDS = 5;
  private static final int DEVICES_MAX = 100_000;

  private final AccountContext context;
  private final ApplicationSessions sessions;
  private final Cache<String, Asked> asked =
      Caffeine.newBuilder().maximumSize(DEVICES_MAX).expireAfterAccess(Devices.LIFETIME).build();

  DeviceGrant(AccountContext context, ApplicationSessions sessions) {
    this.context = context;
    this.sessions = sessions;
  }

  /// When a device has asked last, and how long it has to wait.
  private record Asked(Instant at, long intervalSeconds) {}

  Granted grant(TokenRequest request) {
    String code = request.require("device_code");
    String client = request.client().id();
    Instant now = context.stages().clock().instant();
    State state =
        context.stages().database().lookup(session -> Devices.state(session, code, client, now));
    return switch (state) {
      case State.Pending _ -> pending(code, now);
      case State.Allowed _ -> taken(request, code);
      case State.Refused _, State.Expired _, State.Unknown _ -> refused(state);
    };
  }

  private Granted pending(String code, Instant now) {
    AtomicBoolean early = new AtomicBoolean();
    asked
        .asMap()
        .compute(
            HexFormat.of().formatHex(Sha256.of(code)),
            (_, before) -> {
              long interval = before == null ? INTERVAL_SECONDS : before.intervalSeconds();
              early.set(before != null && now.isBefore(before.at().plusSeconds(interval)));
              return new Asked(now, early.get() ? interval + SLOWER_SECONDS : interval);
            });
    return early.get()
        ? error("slow_down", "The device asks too often: wait five seconds more each time")
        : error("authorization_pending", "Nobody has answered yet: ask again");
  }

  private Granted taken(TokenRequest request, String code) {
    return context.write(
        request.source(),
        write -> {
          State state = Devices.take(write, code, request.client().id());
          if (!(state instanceof State.Allowed(String content, Instant at))) {
            return refused(state);
          }
          return request.client().mayUse(at)
              ? sessions.open(write, ApplicationSessions.Way.DEVICE, allowed(content), request)
              : Granted.refused("The client was shut out since");
        });
  }

  private static Allowed allowed(String content) {
    Map<?, ?> members =
        (Map<?, ?>) Objects.requireNonNull(Json.read(content.getBytes(StandardCharsets.UTF_8)));
    return Allowed.read(members);
  }

  private static Granted refused(State state) {
    return switch (state) {
      case State.Refused _ -> error(OAuthError.ACCESS_DENIED, "The person did not let it in");
      case State.Expired _ -> error("expired_token", "Nobody has answered in time: begin again");
      case State.Pending _, State.Allowed _, State.Unknown _ ->
          Granted.refused("The device_code is none of this client, or has been used before");
    };
  }

  private static Granted error(String code, String description) {
    return new Granted.Refused(new OAuthError(code, description));
  }
}
