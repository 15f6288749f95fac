package dev.varve.identity.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A key that signs tokens, and verifies those that it signed. All of one type have the same header.
final class SigningKey {
  private static final String SHARED_ID = "hs256";
  private static final int ED25519_KEY_BYTES = 32;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final String id;
  private final SigningAlgorithm algorithm;
  private final Making making;
  private final JWSVerifier verifier;
  private final Optional<JWK> published;
  private final Map<TokenType, JWSHeader> headers = new EnumMap<>(TokenType.class);
  private final Map<TokenType, String> headerTexts = new EnumMap<>(TokenType.class);
  private volatile @Nullable JWSSigner signer;

  /// Makes a signer, when there is first something to sign.
  @FunctionalInterface
  private interface Making {
    JWSSigner signer() throws JOSEException;
  }

  private SigningKey(
      String id,
      SigningAlgorithm algorithm,
      Making making,
      JWSVerifier verifier,
      Optional<JWK> published) {
    this.id = id;
    this.algorithm = algorithm;
    this.making = making;
    this.verifier = verifier;
    this.published = published;
    for (TokenType type : TokenType.values()) {
      JWSHeader header = new JWSHeader.Builder(algorithm.jws()).type(type.jose()).keyID(id).build();
      headers.put(type, header);
      headerTexts.put(type, header.toBase64URL().toString());
    }
  }

  /// The key that is the secret itself.
  static SigningKey shared(byte[] secret) {
    try {
      return new SigningKey(
          SHARED_ID,
          SigningAlgorithm.HS256,
          () -> new MACSigner(secret),
          new MACVerifier(secret),
          Optional.empty());
    } catch (JOSEException e) {
      throw new IllegalStateException("The secret is too short", e);
    }
  }

  /// A key of two halves. Its id is its thumbprint (RFC 7638).
  static SigningKey of(SigningAlgorithm algorithm, KeyPair pair) {
    return of(algorithm, pair, NativeCode.OF_THIS_MACHINE);
  }

  /// @param code that signs
  static SigningKey of(SigningAlgorithm algorithm, KeyPair pair, NativeCode code) {
    try {
      JWK unnamed = published(algorithm, pair, "");
      String id = unnamed.computeThumbprint().toString();
      return new SigningKey(
          id,
          algorithm,
          () -> signer(algorithm, pair, code),
          verifier(algorithm, pair),
          Optional.of(published(algorithm, pair, id)));
    } catch (JOSEException e) {
      throw new IllegalStateException("A key does not fit " + algorithm, e);
    }
  }

  private static JWSSigner signer(SigningAlgorithm algorithm, KeyPair pair, NativeCode code)
      throws JOSEException {
    JWSSigner signer =
        switch (algorithm) {
          case RS256 -> new RSASSASigner(code.own(pair.getPrivate()));
          case ES256 -> new ECDSASigner(code.own(pair.getPrivate()), Curve.P_256);
          case EdDSA -> new Ed25519(pair);
          case HS256 -> throw new IllegalArgumentException("HS256 has one secret, not two keys");
        };
    code.take(signer);
    return signer;
  }

  private static JWSVerifier verifier(SigningAlgorithm algorithm, KeyPair pair)
      throws JOSEException {
    return switch (algorithm) {
      case RS256 -> new RSASSAVerifier((RSAPublicKey) pair.getPublic());
      case ES256 -> new ECDSAVerifier((ECPublicKey) pair.getPublic());
      case EdDSA -> new Ed25519(pair);
      case HS256 -> throw new IllegalArgumentException("HS256 has one secret, not two keys");
    };
  }

  private static JWK published(SigningAlgorithm algorithm, KeyPair pair, String id) {
    return switch (algorithm) {
      case RS256 ->
          new RSAKey.Builder((RSAPublicKey) pair.getPublic())
              .keyUse(KeyUse.SIGNATURE)
              .algorithm(algorithm.jws())
              .keyID(id)
              .build();
      case ES256 ->
          new ECKey.Builder(Curve.P_256, (ECPublicKey) pair.getPublic())
              .keyUse(KeyUse.SIGNATURE)
              .algorithm(algorithm.jws())
              .keyID(id)
              .build();
      case EdDSA ->
          new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(point(pair)))
              .keyUse(KeyUse.SIGNATURE)
              .algorithm(algorithm.jws())
              .keyID(id)
              .build();
      case HS256 -> throw new IllegalArgumentException("A secret is not published");
    };
  }

  /// The key itself, which ends its X.509 form (RFC 8410, section 4).
  private static byte[] point(KeyPair pair) {
    byte[] encoded = pair.getPublic().getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - ED25519_KEY_BYTES, encoded.length);
  }

  String id() {
    return id;
  }

  SigningAlgorithm algorithm() {
    return algorithm;
  }

  /// What others verify with; nothing where it is a shared secret.
  Optional<JWK> published() {
    return published;
  }

  /// The first part of every token of a type that this key signs.
  String headerText(TokenType type) {
    return Objects.requireNonNull(headerTexts.get(type));
  }

  private JWSHeader header(TokenType type) {
    return Objects.requireNonNull(headers.get(type));
  }

  /// A whole token (RFC 7515, section 7.1).
  String sign(TokenType type, byte[] payload) {
    String input = headerText(type) + "." + BASE64.encodeToString(payload);
    try {
      return input + "." + signer().sign(header(type), input.getBytes(StandardCharsets.US_ASCII));
    } catch (JOSEException e) {
      throw new IllegalStateException("Signing failed", e);
    }
  }

  private JWSSigner signer() throws JOSEException {
    JWSSigner known = signer;
    if (known == null) {
      // two that are made at once are equal
      known = making.signer();
      signer = known;
    }
    return known;
  }

  /// Whether this key signed it.
  ///
  /// @param input the first two parts of a token
  /// @param signature the third
  boolean verify(TokenType type, String input, String signature) {
    Base64URL bytes = new Base64URL(signature);
    // one way to write it: base64 leaves bits at the end that mean nothing
    if (!Base64URL.encode(bytes.decode()).toString().equals(signature)) {
      return false;
    }
    try {
      return verifier.verify(header(type), input.getBytes(StandardCharsets.US_ASCII), bytes);
    } catch (JOSEException e) {
      // such as a signature of the wrong length
      return false;
    }
  }
}
