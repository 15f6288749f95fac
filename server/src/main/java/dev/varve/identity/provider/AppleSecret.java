package dev.varve.identity.provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.id.ClientID;
import dev.varve.settings.WrongSetting;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

/// What Apple takes for a secret: a JWT signed with ES256, made anew for each request, so that none has to be renewed by hand. Apple
/// takes those of at most six months.
///
/// @param audience Apple's issuer
record AppleSecret(String team, String keyId, String audience, ECPrivateKey key) {
  private static final Duration LIFETIME = Duration.ofMinutes(5);

  /// @param setting the key of the setting that names the variable
  /// @param pem the private key as Apple gives it, PKCS#8; where a variable has no lines, with blanks or `\n` in their place
  static AppleSecret of(String setting, ProviderSettings settings, String pem) {
    String base64 =
        pem.replace("\\n", "").replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    try {
      ECPrivateKey key =
          (ECPrivateKey)
              KeyFactory.getInstance("EC")
                  .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
      return new AppleSecret(settings.team(), settings.keyId(), settings.base().toString(), key);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new WrongSetting(
          setting,
          "names the environment variable %s, which holds no private key of Apple's. It is the text of the file AuthKey_....p8"
              .formatted(settings.secret()));
    }
  }

  String signed(ClientID client, Instant at) {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(team)
            .subject(client.getValue())
            .audience(audience)
            .issueTime(Date.from(at))
            .expirationTime(Date.from(at.plus(LIFETIME)))
            .build();
    SignedJWT jwt =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(keyId).build(), claims);
    try {
      jwt.sign(new ECDSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("A key on P-256 signs", e);
    }
    return jwt.serialize();
  }

  /// Not the key: this ends up in logs.
  @Override
  public String toString() {
    return "AppleSecret[%s]".formatted(keyId);
  }
}
