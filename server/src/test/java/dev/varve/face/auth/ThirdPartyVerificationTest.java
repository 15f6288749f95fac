package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.identity.token.JwtSettings;
import dev.varve.identity.token.Secrets;
import dev.varve.identity.token.SigningAlgorithm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.HmacKey;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Access tokens are read by a JOSE library that Varve does not use, with the keys that it publishes.
class ThirdPartyVerificationTest {
  @TempDir Path folder;

  private static JwtConsumerBuilder consumer(Guarded server, SigningAlgorithm algorithm) {
    return new JwtConsumerBuilder()
        .setJwsAlgorithmConstraints(ConstraintType.PERMIT, algorithm.name())
        .setExpectedType(true, "at+jwt")
        .setExpectedIssuer(Guarded.ISSUER)
        .setExpectedAudience(Guarded.ISSUER)
        .setRequireSubject()
        .setRequireExpirationTime()
        .setRequireIssuedAt()
        .setRequireJwtId()
        .setEvaluationTime(NumericDate.fromMilliseconds(server.clock.millis()));
  }

  private static HttpsJwksVerificationKeyResolver published(Guarded server) {
    return new HttpsJwksVerificationKeyResolver(
        new HttpsJwks(server.url() + "/.well-known/jwks.json"));
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {"RS256", "ES256", "EdDSA"})
  void tokensAreVerifiedWithThePublishedKeys(SigningAlgorithm algorithm) throws Exception {
    try (Guarded server = Guarded.at(folder, new JwtSettings(algorithm, 90))) {
      String account = server.account("ada@example.com");
      String token = server.token(account);
      JwtClaims claims =
          consumer(server, algorithm)
              .setVerificationKeyResolver(published(server))
              .build()
              .processToClaims(token);
      assertThat(claims.getSubject()).isEqualTo(account);
      assertThat(claims.getStringClaimValue("sid")).isEqualTo("session-1");
      assertThat(claims.getStringClaimValue("client_id")).isEqualTo("varve");
      assertThat(claims.getExpirationTime().getValue() - claims.getIssuedAt().getValue())
          .isEqualTo(900);
      assertThat(claims.getClaimNames())
          .containsExactlyInAnyOrder("iss", "aud", "sub", "sid", "client_id", "iat", "exp", "jti");
    }
  }

  @Test
  void tokensOfTheOldAndTheNewKeyAreVerifiedAfterARotation() throws Exception {
    try (Guarded server = Guarded.at(folder, Guarded.ES256)) {
      String account = server.account("ada@example.com");
      String old = server.token(account);
      server.clock.forward(Duration.ofMillis(1));
      server.keys.rotate();
      String fresh = server.token(account);
      HttpsJwksVerificationKeyResolver keys = published(server);
      for (String token : new String[] {old, fresh}) {
        assertThat(
                consumer(server, SigningAlgorithm.ES256)
                    .setVerificationKeyResolver(keys)
                    .build()
                    .processToClaims(token)
                    .getSubject())
            .isEqualTo(account);
      }
    }
  }

  @Test
  void anAlteredTokenIsNotVerified() {
    try (Guarded server = Guarded.at(folder, Guarded.ES256)) {
      String token = server.token(server.account("ada@example.com"));
      String altered = token.replace(".", ".e30").replaceFirst("\\.e30", ".");
      assertThatThrownBy(() ->
              consumer(server, SigningAlgorithm.ES256)
                  .setVerificationKeyResolver(published(server))
                  .build()
                  .processToClaims(altered))
          .isInstanceOf(InvalidJwtException.class);
    }
  }

  @Test
  void whoHasTheSharedSecretVerifiesWithIt() throws Exception {
    String secret = "a secret of more than thirty-two bytes";
    JwtSettings settings = new JwtSettings(SigningAlgorithm.HS256, 90);
    try (Guarded server = Guarded.at(folder, settings, Map.of(Secrets.JWT, secret))) {
      String account = server.account("ada@example.com");
      assertThat(
              consumer(server, SigningAlgorithm.HS256)
                  .setVerificationKey(new HmacKey(secret.getBytes(StandardCharsets.UTF_8)))
                  .build()
                  .processToClaims(server.token(account))
                  .getSubject())
          .isEqualTo(account);
    }
  }
}
