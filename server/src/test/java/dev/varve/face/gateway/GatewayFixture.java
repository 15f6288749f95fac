package dev.varve.face.gateway;

import dev.varve.face.gateway.cache.AnswerCacheSettings;
import dev.varve.face.gateway.discovery.DiscoverySettings;
import dev.varve.face.gateway.resilience.BreakerSettings;
import dev.varve.face.gateway.resilience.EjectionSettings;
import dev.varve.face.gateway.resilience.HealthSettings;
import dev.varve.face.gateway.resilience.RetrySettings;
import dev.varve.face.gateway.upstream.Balance;
import dev.varve.face.gateway.upstream.IdentityKind;
import dev.varve.face.gateway.upstream.Protocol;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.face.gateway.upstream.ServiceTls;
import dev.varve.face.gateway.upstream.Timeouts;
import dev.varve.node.Settings;
import dev.varve.node.TestServer;
import dev.varve.settings.SettingRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A server in front of services, for tests.
public final class GatewayFixture {
  static final String SCHEMA =
      """
      type Note @model @auth(rules: [{allow: public}]) {
        id: ID!
        text: String!
      }
      """;

  /// Short enough for a test to wait for.
  static final Timeouts SHORT =
      new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1));

  /// Long enough for a machine that is busy with other things.
  static final Timeouts LONG =
      new Timeouts(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(1));

  private GatewayFixture() {}

  /// The section `gateway` of a `varve.yaml`.
  public static GatewaySettings read(String yaml) {
    try {
      Path folder = Files.createTempDirectory("varve-gateway-");
      Path file = folder.resolve("varve.yaml");
      try {
        Files.writeString(file, yaml);
        return Settings.read(folder, Map.of()).gateway();
      } finally {
        Files.deleteIfExists(file);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TestServer start(GatewaySettings settings) {
    return TestServer.start(TestServer.Plan.of(SCHEMA).with(settings));
  }

  /// One service at `/shipping`, which anybody may ask.
  static TestServer inFrontOf(String... urls) {
    return start(
        new GatewaySettings(
            Map.of("shipping", service("shipping", urls)), List.of(route("/shipping/**"))));
  }

  /// A service at `/shipping` that is not there, with a route whose answers would be kept.
  public static GatewaySettings goneButKept() {
    AnswerCacheSettings kept =
        new AnswerCacheSettings(true, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    return new GatewaySettings(
        Map.of("shipping", service("shipping", "http://127.0.0.1:1")),
        List.of(route("/shipping/**", Map.of("cache", kept))));
  }

  /// With the timeouts of [#SHORT], and one connection to each host.
  static ServiceSettings service(String name, String... urls) {
    return new ServiceSettings(
        name,
        List.of(urls),
        DiscoverySettings.NONE,
        Balance.LEAST_REQUESTS,
        "",
        SHORT,
        1,
        BreakerSettings.NONE,
        RetrySettings.DEFAULT,
        EjectionSettings.DEFAULT,
        HealthSettings.NONE,
        Protocol.AUTO,
        ServiceTls.NONE,
        IdentityKind.NONE,
        false);
  }

  /// The same with the timeouts that are there by default, but for the wait for a place.
  static ServiceSettings slow(String name, String... urls) {
    return with(service(name, urls), Map.of("timeouts", Timeouts.DEFAULT));
  }

  /// The same for a service that takes minutes to answer.
  static ServiceSettings patient(String name, String... urls) {
    Duration minutes = Duration.ofMinutes(10);
    return with(
        service(name, urls),
        Map.of("timeouts", new Timeouts(Duration.ofSeconds(1), minutes, minutes)));
  }

  static ServiceSettings with(ServiceSettings service, Map<String, ?> parts) {
    return SettingRecords.changed(service, parts);
  }

  /// Anybody may, and the path stays.
  static RouteSettings route(String path) {
    return new RouteSettings(
        path,
        "",
        List.of(),
        Map.of(),
        "shipping",
        "",
        "",
        RewriteSettings.NONE,
        "public",
        "",
        RouteLimit.NONE,
        false,
        Alterations.NONE,
        Alterations.NONE,
        Alterations.NONE,
        AnswerCacheSettings.NONE);
  }

  static RouteSettings route(String path, Map<String, ?> parts) {
    return SettingRecords.changed(route(path), parts);
  }
}
