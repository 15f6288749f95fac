package dev.varve.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.face.auth.PageSettings;
import dev.varve.face.gateway.GatewaySettings;
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
import dev.varve.face.graphql.document.GraphQlSettings;
import dev.varve.face.rest.RestSettings;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.client.OAuthSettings;
import dev.varve.identity.mail.MailSettings;
import dev.varve.identity.token.Secrets;
import dev.varve.identity.token.SigningAlgorithm;
import dev.varve.kernel.UserMistake;
import dev.varve.lane.live.LiveSettings;
import dev.varve.lane.write.WriteSettings;
import dev.varve.net.certificate.TlsSettings;
import dev.varve.net.compression.CompressionSettings;
import dev.varve.net.cors.CorsSettings;
import dev.varve.net.edge.HttpSettings;
import dev.varve.net.proxy.ProxyCertificates;
import dev.varve.net.proxy.ProxyHeaders;
import dev.varve.settings.SettingDefinition;
import dev.varve.settings.SettingsReader;
import dev.varve.store.cache.CacheSettings;
import dev.varve.store.sql.DatabaseSettings;
import dev.varve.telemetry.TelemetrySettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  private static final Path REFERENCE = Path.of("..", "docs", "reference", "settings.md");

  @TempDir Path app;

  private Settings read(String yaml, Map<String, String> environment) throws IOException {
    Files.writeString(app.resolve("varve.yaml"), yaml);
    return Settings.read(app, environment);
  }

  private String refused(String yaml) {
    return refused(yaml, Map.of());
  }

  private String refused(String yaml, Map<String, String> environment) {
    try {
      read(yaml, environment);
    } catch (UserMistake e) {
      return String.valueOf(e.getMessage())
          .replace(app.resolve("varve.yaml").toString(), "varve.yaml");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    throw new AssertionError("It was taken");
  }

  @Test
  void everyDefaultIsAsDocumented() {
    Map<String, String> defaults = new TreeMap<>();
    SettingDefinition.allOf(Settings.class)
        .forEach(definition -> defaults.put(definition.key(), definition.standard()));
    assertThat(defaults)
        .isEqualTo(
            new TreeMap<>(
                Map.ofEntries(
                    Map.entry("auth.accessToken.lifetime", "15m"),
                    Map.entry("auth.audience", ""),
                    Map.entry("auth.factors.policy", "OPTIONAL"),
                    Map.entry("auth.factors.roles", ""),
                    Map.entry("auth.factors.trust", "30d"),
                    Map.entry("auth.issuer", ""),
                    Map.entry("auth.jwt.algorithm", "RS256"),
                    Map.entry("auth.jwt.rotationDays", "90"),
                    Map.entry("auth.mailLinks", "false"),
                    Map.entry("auth.password.iterations", "2"),
                    Map.entry("auth.password.memoryKibibytes", "19456"),
                    Map.entry("auth.password.parallelism", "1"),
                    Map.entry("auth.password.queuedHashesMax", "64"),
                    Map.entry("auth.passkeys.origins", ""),
                    Map.entry("auth.passkeys.page", ""),
                    Map.entry("auth.passkeys.rpId", ""),
                    Map.entry("auth.passkeys.rpName", ""),
                    Map.entry("auth.origin", ""),
                    Map.entry("auth.providers", ""),
                    Map.entry("auth.returnOrigins", ""),
                    Map.entry("auth.session.idle", "30d"),
                    Map.entry("auth.session.lifetime", "90d"),
                    Map.entry("auth.signUp", "OPEN"),
                    Map.entry("auth.verification", "REQUIRED"),
                    Map.entry("cache.enabled", "true"),
                    Map.entry("cache.mebibytesMax", "64"),
                    Map.entry("database.connectTime", "10s"),
                    Map.entry("database.queryTime", "60s"),
                    Map.entry("database.readersMax", "16"),
                    Map.entry("database.url", ""),
                    Map.entry("database.user", ""),
                    Map.entry("files", ""),
                    Map.entry("gateway.aggregates", ""),
                    Map.entry("gateway.cacheMebibytesMax", "64"),
                    Map.entry("gateway.routes", ""),
                    Map.entry("gateway.services", ""),
                    Map.entry("graphql.aliasesMax", "50"),
                    Map.entry("graphql.allowList", ""),
                    Map.entry("graphql.cachedCharactersMax", "500000"),
                    Map.entry("graphql.costMax", "50000"),
                    Map.entry("graphql.depthMax", "12"),
                    Map.entry("graphql.documentCharactersMax", "65536"),
                    Map.entry("graphql.documentTokensMax", "10000"),
                    Map.entry("graphql.fieldsMax", "500"),
                    Map.entry("graphql.fragmentsMax", "50"),
                    Map.entry("graphql.graphiql", "false"),
                    Map.entry("graphql.introspection", "false"),
                    Map.entry("graphql.operationsMax", "10"),
                    Map.entry("graphql.requestsMax", "10"),
                    Map.entry("graphql.rootFieldsMax", "20"),
                    Map.entry("http.bodyBytesMax", "1048576"),
                    Map.entry("http.compression.bytesMin", "1024"),
                    Map.entry("http.compression.enabled", "true"),
                    Map.entry("http.concurrentRequestsMax", "1024"),
                    Map.entry("http.cors.credentials", "false"),
                    Map.entry(
                        "http.cors.exposedHeaders",
                        "ETag Location Varve-Position Varve-Cost Link RateLimit RateLimit-Policy Retry-After X-Request-Id DPoP-Nonce WWW-Authenticate"),
                    Map.entry(
                        "http.cors.headers",
                        "Authorization Content-Type DPoP If-Match If-None-Match Idempotency-Key Last-Event-ID Varve-Position Varve-Cost X-Request-Id traceparent tracestate"),
                    Map.entry("http.cors.maxAge", "1h"),
                    Map.entry("http.cors.methods", "GET HEAD POST PUT PATCH DELETE"),
                    Map.entry("http.cors.origins", ""),
                    Map.entry("http.connectionsMax", "8192"),
                    Map.entry("http.headerBytesMax", "16384"),
                    Map.entry("http.host", "127.0.0.1"),
                    Map.entry("http.idleTimeoutSeconds", "60"),
                    Map.entry("http.networkSharePercent", "25"),
                    Map.entry("http.insecure", "false"),
                    Map.entry("http.port", "8080"),
                    Map.entry("http.proxyCertificates", "NONE"),
                    Map.entry("http.proxyHeaders", "X_FORWARDED"),
                    Map.entry("http.proxyProtocol", "false"),
                    Map.entry("http.queueTimeoutMillis", "2000"),
                    Map.entry("http.queuedRequestsMax", "1024"),
                    Map.entry("http.receiveTimeoutSeconds", "30"),
                    Map.entry("http.redirectPort", "-1"),
                    Map.entry("http.sendTimeoutSeconds", "60"),
                    Map.entry("http.shutdownGraceSeconds", "10"),
                    Map.entry("http.trustedProxies", ""),
                    Map.entry("http.targetBytesMax", "8192"),
                    Map.entry(
                        "http.tls.acme.directory",
                        "https://acme-v02.api.letsencrypt.org/directory"),
                    Map.entry("http.tls.acme.domains", ""),
                    Map.entry("http.tls.acme.email", ""),
                    Map.entry("http.tls.acme.termsAgreed", "false"),
                    Map.entry("http.tls.certificate", ""),
                    Map.entry("http.tls.clientAuthorities", ""),
                    Map.entry("http.tls.clientCertificatePort", "-1"),
                    Map.entry("http.tls.clientCertificates", "NONE"),
                    Map.entry("http.tls.hstsSeconds", "31536000"),
                    Map.entry("http.tls.key", ""),
                    Map.entry("mail.from", ""),
                    Map.entry("mail.host", ""),
                    Map.entry("mail.port", "587"),
                    Map.entry("mail.tls", "STARTTLS"),
                    Map.entry("mail.user", ""),
                    Map.entry("limits", ""),
                    Map.entry("live.bufferBytesMax", "33554432"),
                    Map.entry("live.heartbeatSeconds", "15"),
                    Map.entry("live.subscribersMax", "2000"),
                    Map.entry("live.subscribersPerCallerMax", "100"),
                    Map.entry("live.subscribersPerNetworkMax", "1000"),
                    Map.entry("oauth.certificateOrigin", ""),
                    Map.entry("oauth.clientOrigins", ""),
                    Map.entry("oauth.clients", ""),
                    Map.entry("oauth.mcp", "false"),
                    Map.entry("oauth.selfDescribed.documentOrigins", ""),
                    Map.entry("oauth.selfDescribed.documents", "false"),
                    Map.entry("oauth.selfDescribed.registration", "OFF"),
                    Map.entry("oauth.selfDescribed.scopes", ""),
                    Map.entry("oauth.scopes", ""),
                    Map.entry("pages.accent", "#1b5e7a"),
                    Map.entry("pages.accentDark", "#8cc7e0"),
                    Map.entry("pages.languages", ""),
                    Map.entry("nodes.believedTime", "1s"),
                    Map.entry("nodes.lookTime", "200ms"),
                    Map.entry("nodes.name", ""),
                    Map.entry("nodes.valkey", ""),
                    Map.entry("nodes.valkeyUser", ""),
                    Map.entry("pages.logo", ""),
                    Map.entry("pages.name", ""),
                    Map.entry("rest.batchOperationsMax", "1000"),
                    Map.entry("rest.requireIfMatch", "false"),
                    Map.entry("telemetry.accessLog", "NONE"),
                    Map.entry("telemetry.log.format", "TEXT"),
                    Map.entry("telemetry.log.level", "INFO"),
                    Map.entry("telemetry.metrics", "true"),
                    Map.entry("telemetry.port", "0"),
                    Map.entry("telemetry.traces.endpoint", ""),
                    Map.entry("telemetry.traces.sampling", "0.01"),
                    Map.entry("write.groupUnitsMax", "256"),
                    Map.entry("write.queueUnitsMax", "4096"))));
  }

  @Test
  void withoutAFileEverySettingHasItsDefault() {
    assertThat(Settings.read(app, Map.of()))
        .isEqualTo(
            new Settings(
                new HttpSettings(
                    "127.0.0.1",
                    8080,
                    1_048_576,
                    16_384,
                    8_192,
                    1_024,
                    1_024,
                    2_000,
                    8_192,
                    60,
                    30,
                    60,
                    10,
                    25,
                    List.of(),
                    ProxyHeaders.X_FORWARDED,
                    false,
                    ProxyCertificates.NONE,
                    CorsSettings.DEFAULT,
                    -1,
                    false,
                    TlsSettings.NONE,
                    CompressionSettings.DEFAULT),
                List.of(),
                DatabaseSettings.DEFAULT,
                NodesSettings.DEFAULT,
                WriteSettings.DEFAULT,
                CacheSettings.DEFAULT,
                RestSettings.DEFAULT,
                GraphQlSettings.DEFAULT,
                LiveSettings.DEFAULT,
                AuthSettings.DEFAULT,
                OAuthSettings.NONE,
                PageSettings.DEFAULT,
                MailSettings.DEFAULT,
                TelemetrySettings.DEFAULT,
                List.of(),
                GatewaySettings.NONE));
  }

  @ParameterizedTest
  @CsvSource({"''", "'# nothing but a comment'", "'http:'", "'---'"})
  void aFileThatSetsNothingLeavesTheDefaults(String yaml) throws Exception {
    assertThat(read(yaml, Map.of())).isEqualTo(Settings.read(app.resolve("elsewhere"), Map.of()));
  }

  @Test
  void theFileSetsWhatItNames() throws Exception {
    Settings settings =
        read(
            """
            http:
              host: 0.0.0.0   # everywhere
              port: "9090"
            rest: {requireIfMatch: true}
            cache:
              enabled: false
            """,
            Map.of());
    assertThat(settings.http().host()).isEqualTo("0.0.0.0");
    assertThat(settings.http().port()).isEqualTo(9090);
    assertThat(settings.http().bodyBytesMax()).isEqualTo(1_048_576);
    assertThat(settings.rest().requireIfMatch()).isTrue();
    assertThat(settings.cache().enabled()).isFalse();
  }

  @Test
  void aSectionMayLieInAnother() throws Exception {
    Settings settings =
        read(
            """
            auth:
              jwt:
                algorithm: EdDSA
              accessToken: {lifetime: 24h}
            """,
            Map.of("VARVE_AUTH_JWT_ROTATION_DAYS", "30"));
    assertThat(settings.auth().jwt().algorithm()).isEqualTo(SigningAlgorithm.EdDSA);
    assertThat(settings.auth().jwt().rotationDays()).isEqualTo(30);
    assertThat(settings.auth().accessToken().lifetime()).isEqualTo(Duration.ofHours(24));
  }

  @Test
  void aServiceHasItsDefaults() throws Exception {
    ServiceSettings service =
        read("gateway: {services: {s: {urls: [\"http://h\"]}}}", Map.of())
            .gateway()
            .services()
            .get("s");
    assertThat(service)
        .isEqualTo(
            new ServiceSettings(
                "s",
                List.of("http://h"),
                DiscoverySettings.NONE,
                Balance.LEAST_REQUESTS,
                "",
                Timeouts.DEFAULT,
                256,
                BreakerSettings.NONE,
                RetrySettings.DEFAULT,
                EjectionSettings.DEFAULT,
                HealthSettings.NONE,
                Protocol.AUTO,
                ServiceTls.NONE,
                IdentityKind.NONE,
                false));
  }

  @Test
  void theEnvironmentGoesBeforeTheFile() throws Exception {
    Settings settings =
        read(
            "http: {port: 9090, bodyBytesMax: 2048}",
            Map.of("VARVE_HTTP_BODY_BYTES_MAX", "4096", "PATH", "/bin"));
    assertThat(settings.http().port()).isEqualTo(9090);
    assertThat(settings.http().bodyBytesMax()).isEqualTo(4096);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          http: {prot: 1}              | varve.yaml:1:8: There is no setting 'http.prot'. Did you mean 'http.port'?
          http: {zzzzzz: 1}            | varve.yaml:1:8: There is no setting 'http.zzzzzz'.
          gateway: {routes: [{cached: 1}]} | varve.yaml:1:21: There is no setting 'gateway.routes[0].cached'. Did you mean 'gateway.routes[0].cache'?
          auth: {jwtt: {algorithm: ES256}} | varve.yaml:1:8: There is no setting 'auth.jwtt'. Did you mean 'auth.jwt'?
          htp: {port: 1}               | varve.yaml:1:1: There is no section 'htp'. Did you mean 'http'?
          port: 1                      | varve.yaml:1:1: There is no section 'port'. Write 'port' under 'http:'.
          http.port: 1                 | varve.yaml:1:1: There is no section 'http.port'. Write 'port' under 'http:'.
          http: 8080                   | varve.yaml:1:7: The settings of http are written under it, one to a line
          http: {port: many}           | varve.yaml:1:14: http.port must be a whole number from 0 to 65,535; it is 'many'
          http: {port: 65536}          | varve.yaml:1:14: http.port must be a whole number from 0 to 65,535; it is '65536'
          http: {port: 80.5}           | varve.yaml:1:14: http.port must be a whole number from 0 to 65,535; it is '80.5'
          http: {port: [1]}            | varve.yaml:1:14: http.port must be a whole number from 0 to 65,535
          http: {port: }               | varve.yaml:1:13: http.port has no value. Give it one, or take the line out for the default, 8080
          http: {port: 1, port: 2}     | varve.yaml:1:17: http.port is set twice
          rest: {requireIfMatch: yes}  | varve.yaml:1:24: rest.requireIfMatch must be true or false; it is 'yes'
          auth: {jwt: {algorithm: none}} | varve.yaml:1:25: auth.jwt.algorithm must be one of RS256, ES256, EdDSA, HS256; it is 'none'
          auth: {jwt: {algoritm: RS256}} | varve.yaml:1:14: There is no setting 'auth.jwt.algoritm'. Did you mean 'auth.jwt.algorithm'?
          auth: {jwt: RS256}           | varve.yaml:1:13: The settings of auth.jwt are written under it, one to a line
          auth: {accessToken: {lifetime: 25h}} | varve.yaml:1:32: auth.accessToken.lifetime must be a duration from 10s to 1d, such as 30s, 15m, 12h or 90d; it is '25h'
          auth: {jwt: {}, jwt: {}}     | varve.yaml:1:17: auth.jwt is set twice
          [http]                       | varve.yaml:1:1: Write sections, such as 'http:', with settings under them
          nodes: {lookTime: 10ms}      | varve.yaml:1:19: nodes.lookTime is shorter than 20ms: the database would do little else. Give 20ms or more
          nodes: {lookTime: 900ms, believedTime: 2s} | varve.yaml:1:40: nodes.believedTime is shorter than three times nodes.lookTime, so that nothing in memory would be of use. Give a longer one, or look more often
          limits: [{name: a, requests: 9, routes: [/a*]}] | varve.yaml:1:42: limits[0].routes[0] is '/a*': write a path such as /api/orders, or /api/* for all below
          limits: [{name: a, requests: 9, per: 0s}] | varve.yaml:1:38: limits[0].per must be a duration from 1s to 31d, such as 30s, 15m, 12h or 90d; it is '0s'
          http: {cors: {credentials: true, origins: ["*"]}} | varve.yaml:1:44: http.cors.origins[0] cannot be '*' while credentials is true: every page in the world could act for whoever is signed in. Name the origins, or set credentials to false
          http: {port: *nowhere}       | varve.yaml:1:14: this is not YAML: found undefined alias nowhere
          http: {port                  | varve.yaml:2:1: this is not YAML: expected ',' or '}', but got <stream end>
          """)
  void aMistakeIsNamedWithItsPlace(String yaml, String message) {
    assertThat(refused(yaml + "\n")).isEqualTo(message);
  }

  @Test
  void allMistakesAreReportedAtOnce() {
    assertThat(
            refused(
                """
                http:
                  port: x
                  hots: 0.0.0.0
                cach:
                  enabled: true
                """,
                Map.of("VARVE_CACHE_ENABLED", "on")))
        .isEqualTo(
            """
            varve.yaml:2:9: http.port must be a whole number from 0 to 65,535; it is 'x'
            varve.yaml:3:3: There is no setting 'http.hots'. Did you mean 'http.host'?
            varve.yaml:4:1: There is no section 'cach'. Did you mean 'cache'?
            VARVE_CACHE_ENABLED: cache.enabled must be true or false; it is 'on'\
            """
                .replace("\n", System.lineSeparator()));
  }

  @Test
  void anUnknownVariableIsAWarningAlone() {
    SettingsReader reader =
        new SettingsReader(SettingDefinition.allOf(Settings.class), Secrets.VARIABLES);
    reader.readEnvironment(
        Map.of(
            "VARVE_HTTP_PROT",
            "1",
            "VARVE_XYZZY",
            "1",
            "HTTP_PROT",
            "1",
            "VARVE_AUTH_SECRET",
            "1"));
    assertThat(reader.mistakes()).isEmpty();
    assertThat(reader.warnings())
        .containsExactly(
            "The environment sets VARVE_HTTP_PROT, which is no setting. Did you mean 'VARVE_HTTP_PORT'?",
            "The environment sets VARVE_XYZZY, which is no setting.");
  }

  @Test
  void aFileThatIsHugeOrNestedToTheBrimIsRefused() {
    assertThat(refused("# " + "x".repeat(300_000)))
        .isEqualTo("varve.yaml is larger than 256 KiB: it holds more than settings");
    assertThat(refused("http: " + "[".repeat(100_000)))
        .isEqualTo("varve.yaml: this is not YAML: it is nested too deep");
  }

  @Test
  void aFileThatIsNotTextIsRefused() throws Exception {
    Files.write(app.resolve("varve.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 'h'});
    assertThatThrownBy(() -> Settings.read(app, Map.of()))
        .hasMessage(app.resolve("varve.yaml") + " is not UTF-8 text");
  }

  @Test
  void theCommentedFileSetsNothingAndTakenOutOfCommentsSetsTheDefaults() throws Exception {
    String commented = Settings.reference().commentedFile();
    Settings defaults = Settings.read(app.resolve("elsewhere"), Map.of());
    assertThat(read(commented, Map.of())).isEqualTo(defaults);
    String taken =
        commented
            .lines()
            .skip(2)
            .map(line -> line.replaceFirst("^# ", ""))
            .reduce("", (a, b) -> a + b + "\n");
    assertThat(taken).contains("\nhttp:\n").contains("\n  port: 8080\n");
    assertThat(read(taken, Map.of())).isEqualTo(defaults);
  }

  /// Run with `-Dvarve.docs.write=true` to write the page anew.
  @Test
  void theReferencePageIsMadeFromTheDefinitions() throws Exception {
    if (Boolean.getBoolean("varve.docs.write")) {
      Files.createDirectories(REFERENCE.getParent());
      Files.writeString(REFERENCE, Settings.reference().markdown());
    }
    assertThat(Files.readString(REFERENCE, StandardCharsets.UTF_8))
        .isEqualTo(Settings.reference().markdown());
  }
}
