package dev.varve.identity.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.face.auth.Guarded;
import dev.varve.face.auth.Guarded.Reply;
import dev.varve.face.auth.Guarded.SetClock;
import dev.varve.kernel.Patience;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningKeysTest {
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static final Map<String, String> ENVIRONMENT = Map.of(Secrets.AUTH, SECRET);
  private static final String WITHOUT_SECRET =
      " If it is lost, make new keys with: varve keys rotate APP --discard. Access tokens given out before are refused then, and everybody's next refresh brings a good one";

  @TempDir Path folder;

  private final SetClock clock = new SetClock();

  private Guarded server() {
    return server(Map.of());
  }

  private Guarded server(Map<String, String> environment) {
    return Guarded.at(folder, Guarded.ES256, environment, clock);
  }

  private Guarded server(SigningAlgorithm algorithm, Map<String, String> environment) {
    return Guarded.at(folder, new JwtSettings(algorithm, 90), environment, clock);
  }

  private static List<String> published(Guarded server) {
    Reply reply = server.send("GET", "/.well-known/jwks.json", "", "");
    assertThat(reply.status()).isEqualTo(200);
    return ((List<?>) Objects.requireNonNull(reply.at("keys")))
        .stream().map(key -> String.valueOf(((Map<?, ?>) key).get("kid"))).toList();
  }

  private static int status(Guarded server, String token) {
    return server.whoami("Bearer " + token).status();
  }

  /// A server that has made its key, and was stopped.
  private void startOnce() {
    startOnce(Map.of());
  }

  private void startOnce(Map<String, String> environment) {
    try (Guarded server = server(environment)) {
      assertThat(kid(server)).isNotEmpty();
    }
  }

  private static String kid(Guarded server) {
    return server.keys.signing(server.clock.now).id();
  }

  private void sql(String statement) {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("varve.db"));
        Statement update = connection.createStatement()) {
      update.executeUpdate(statement);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] privateKey() {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("varve.db"));
        Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("SELECT private_key FROM varve_signing_key")) {
      row.next();
      return row.getBytes(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theFirstStartMakesASecretThatOnlyTheOwnerReadsAndTheFirstUseAKey() throws Exception {
    Path secret = folder.resolve("secret");
    try (Guarded server = server()) {
      assertThat(secret).exists();
      assertThat(server.engine.database().read(StoredKey::all)).isEmpty();
    }
    try (Guarded server = server()) {
      assertThat(published(server)).containsExactly(kid(server));
      assertThat(server.position()).isZero();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(secret)).matches("[\\w-]{43}\n");
  }

  @Test
  void aRestartKeepsTheKeys() {
    String kid;
    String token;
    String account;
    try (Guarded server = server()) {
      kid = kid(server);
      account = server.account("ada@example.com");
      token = server.token(account);
    }
    try (Guarded server = server()) {
      server.openSessions.add("session-1");
      assertThat(published(server)).containsExactly(kid);
      assertThat(server.whoami("Bearer " + token).string("actor")).isEqualTo("user:" + account);
    }
  }

  @Test
  void whatIsPublishedIsPublicAndMayBeKeptForAWhile() {
    for (SigningAlgorithm algorithm :
        List.of(SigningAlgorithm.RS256, SigningAlgorithm.ES256, SigningAlgorithm.EdDSA)) {
      try (Guarded server = server(algorithm, Map.of())) {
        Reply reply = server.send("GET", "/.well-known/jwks.json", "", "");
        assertThat(reply.headers().get("content-type")).containsExactly("application/jwk-set+json");
        assertThat(reply.headers().get("cache-control")).containsExactly("public, max-age=300");
        assertThat(reply.text()).contains("\"alg\":\"%s\"".formatted(algorithm));
        for (String secretPart : List.of("d", "p", "q", "dp", "dq", "qi", "k", "oth")) {
          assertThat(reply.text()).doesNotContain("\"%s\":".formatted(secretPart));
        }
      }
    }
  }

  @Test
  void aSecretFileThatOthersMayReadIsRefused() throws Exception {
    startOnce();
    Path secret = folder.resolve("secret");
    for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----", "rwxrwxrwx")) {
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString(mode));
      assertThatThrownBy(this::server)
          .isInstanceOf(UnusableSecret.class)
          .hasMessage(
              "%s can be read or changed by others than its owner. If nobody has, take that away: chmod 600 %s"
                  .formatted(secret, secret));
    }
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("r--------"));
    server().close();
  }

  @Test
  void anotherSecretInTheFileIsRefusedWithTheWayOut() throws Exception {
    startOnce();
    byte[] before = privateKey();
    Path secret = folder.resolve("secret");
    Files.writeString(secret, "another secret\n");
    assertThatThrownBy(this::server)
        .isInstanceOf(UnusableSecret.class)
        .hasMessage(
            "The signing keys in the database were sealed with another secret than that in %s. Start with that one."
                    .formatted(secret)
                + WITHOUT_SECRET);
    assertThat(privateKey()).isEqualTo(before);
  }

  @Test
  void anotherSecretInTheEnvironmentIsRefusedAndNotPrinted() {
    startOnce(ENVIRONMENT);
    assertThat(folder.resolve("secret")).doesNotExist();
    Map<String, String> other = Map.of(Secrets.AUTH, "another secret of at least 32 bytes");
    assertThatThrownBy(() -> server(other))
        .isInstanceOf(UnusableSecret.class)
        .hasMessage(
            "The signing keys in the database were sealed with another secret than that in the environment variable VARVE_AUTH_SECRET. Start with that one."
                + WITHOUT_SECRET)
        .hasMessageNotContaining("32 bytes");
    server(ENVIRONMENT).close();
  }

  @Test
  void aMissingSecretIsNotMadeAnewOverKeysThatNeedTheOld() {
    startOnce(ENVIRONMENT);
    Path secret = folder.resolve("secret");
    assertThatThrownBy(this::server)
        .isInstanceOf(UnusableSecret.class)
        .hasMessage(
            "The signing keys in the database are sealed with a secret that is missing. Set the environment variable VARVE_AUTH_SECRET, or bring back %s."
                    .formatted(secret)
                + WITHOUT_SECRET);
    assertThat(secret).doesNotExist();
  }

  @Test
  void aSecretThatCanBeGuessedIsRefused() throws Exception {
    assertThatThrownBy(() -> server(Map.of(Secrets.AUTH, "swordfish")))
        .isInstanceOf(UnusableSecret.class)
        .hasMessage(
            "The environment variable VARVE_AUTH_SECRET has 9 bytes: it takes 32 or more. Make one with: openssl rand -base64 32");
    assertThatThrownBy(() -> server(SigningAlgorithm.HS256, Map.of(Secrets.JWT, "x".repeat(31))))
        .isInstanceOf(UnusableSecret.class)
        .hasMessage(
            "The environment variable VARVE_AUTH_JWT_SECRET has 31 bytes: it takes 32 or more. Make one with: openssl rand -base64 32");
    assertThatThrownBy(() -> server(SigningAlgorithm.HS256, Map.of()))
        .isInstanceOf(UnusableSecret.class)
        .hasMessage(
            "auth.jwt.algorithm is HS256, which signs with the secret in the environment variable VARVE_AUTH_JWT_SECRET, and there is none. Set it, or take RS256");
    Files.writeString(folder.resolve("secret"), "\n");
    Files.setPosixFilePermissions(
        folder.resolve("secret"), PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(this::server)
        .isInstanceOf(UnusableSecret.class)
        .hasMessage(
            "%s is empty: bring it back from a backup, or remove it"
                .formatted(folder.resolve("secret")));
  }

  @Test
  void aKeyThatSomebodyPlantedOrAlteredInTheDatabaseIsRefused() {
    startOnce();
    for (String alteration :
        List.of(
            "UPDATE varve_signing_key SET signs_from = signs_from + 1",
            "UPDATE varve_signing_key SET id = 'mine'",
            "UPDATE varve_signing_key SET public_key = zeroblob(91)",
            "UPDATE varve_signing_key SET private_key = zeroblob(100)",
            "UPDATE varve_signing_key SET private_key = x'00'")) {
      byte[] sealed = privateKey();
      sql("CREATE TABLE before AS SELECT * FROM varve_signing_key");
      sql(alteration);
      assertThatThrownBy(this::server).isInstanceOf(UnusableSecret.class);
      sql("DELETE FROM varve_signing_key");
      sql("INSERT INTO varve_signing_key SELECT * FROM before");
      sql("DROP TABLE before");
      assertThat(privateKey()).isEqualTo(sealed);
    }
    server().close();
  }

  @Test
  void theDatabaseHoldsNoPrivateKeyInTheOpen() throws Exception {
    startOnce();
    byte[] privateKey;
    try (Guarded server = server()) {
      privateKey = server.newestPair().getPrivate().getEncoded();
    }
    byte[] scalar = Arrays.copyOfRange(privateKey, privateKey.length - 32, privateKey.length);
    String file =
        new String(Files.readAllBytes(folder.resolve("varve.db")), StandardCharsets.ISO_8859_1);
    assertThat(file).doesNotContain(new String(scalar, StandardCharsets.ISO_8859_1));
  }

  @Test
  void anOldKeyIsFollowedByANewOneThatIsPublishedBeforeItSigns() throws Exception {
    try (Guarded server = server()) {
      String account = server.account("ada@example.com");
      String first = kid(server);
      clock.forward(Duration.ofDays(90).minusSeconds(1));
      server.token(account);
      assertThat(published(server)).containsExactly(first);
      clock.forward(Duration.ofSeconds(1));
      String lastOfFirst = server.token(account);
      Patience.until("another key is published", () -> published(server).size() == 2);
      String second = published(server).getLast();
      assertThat(kid(server)).isEqualTo(first);
      clock.forward(Duration.ofMinutes(10));
      assertThat(kid(server)).isEqualTo(second);
      assertThat(status(server, lastOfFirst)).isEqualTo(200);
      assertThat(status(server, server.token(account))).isEqualTo(200);
      assertThat(published(server)).containsExactly(first, second);
    }
  }

  @Test
  void anOldKeyStaysPublishedAsLongAsItsTokensCanLiveAndIsRemovedLater() {
    String first;
    try (Guarded server = server()) {
      first = kid(server);
      String token = server.token(server.account("ada@example.com"));
      clock.forward(Duration.ofMillis(1));
      String second = server.keys.rotate();
      assertThat(kid(server)).isEqualTo(second).isNotEqualTo(first);
      assertThat(status(server, token)).isEqualTo(200);
      clock.forward(Duration.ofHours(24));
      assertThat(published(server)).containsExactly(first, second);
      assertThat(server.whoami("Bearer " + token).string("error", "code"))
          .isEqualTo("TOKEN_EXPIRED");
      clock.forward(Duration.ofMinutes(5));
      assertThat(published(server)).containsExactly(second);
      String third = server.keys.rotate();
      assertThat(published(server)).containsExactly(second, third);
    }
    try (Guarded server = server()) {
      assertThat(server.engine.database().read(StoredKey::all))
          .extracting(StoredKey::id)
          .doesNotContain(first)
          .hasSize(2);
    }
  }

  @Test
  void rotationsAreSeenAfterARestart() {
    String token;
    String second;
    try (Guarded server = server()) {
      token = server.token(server.account("ada@example.com"));
      clock.forward(Duration.ofMillis(1));
      second = server.keys.rotate();
    }
    try (Guarded server = server()) {
      server.openSessions.add("session-1");
      assertThat(kid(server)).isEqualTo(second);
      assertThat(published(server)).hasSize(2);
      assertThat(status(server, token)).isEqualTo(200);
    }
  }

  @Test
  void anotherAlgorithmTakesOverWhileTokensOfTheFirstLive() {
    String token;
    try (Guarded server = server(SigningAlgorithm.RS256, Map.of())) {
      token = server.token(server.account("ada@example.com"));
    }
    clock.forward(Duration.ofSeconds(1));
    try (Guarded server = server(SigningAlgorithm.EdDSA, Map.of())) {
      assertThat(server.keys.signing(clock.now).algorithm()).isEqualTo(SigningAlgorithm.EdDSA);
      server.openSessions.add("session-1");
      assertThat(status(server, token)).isEqualTo(200);
      assertThat(published(server)).hasSize(2);
    }
  }

  @Test
  void aSharedSecretSignsAndIsNotPublished() {
    Map<String, String> environment = Map.of(Secrets.JWT, SECRET);
    try (Guarded server = server(SigningAlgorithm.HS256, environment)) {
      String token = server.token(server.account("ada@example.com"));
      assertThat(status(server, token)).isEqualTo(200);
      assertThat(published(server)).isEmpty();
      assertThat(folder.resolve("secret")).doesNotExist();
    }
  }

  @Test
  void withTheKeysDiscardedTheServerStartsWithAnotherSecretAndRefusesOldTokens() {
    String token;
    String account;
    try (Guarded server = server(ENVIRONMENT)) {
      account = server.account("ada@example.com");
      token = server.token(account);
      SigningKeys.discard(server.engine.sequencer());
    }
    try (Guarded server = server()) {
      server.openSessions.add("session-1");
      assertThat(status(server, token)).isEqualTo(401);
      assertThat(status(server, server.token(account))).isEqualTo(200);
    }
  }
}
