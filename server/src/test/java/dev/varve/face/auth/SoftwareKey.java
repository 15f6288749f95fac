package dev.varve.face.auth;

import dev.varve.kernel.Json;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A browser and an authenticator that do what a test says, right or wrong. What they write is made here byte by byte (WebAuthn,
/// section 6.1), so that nothing of the server has a hand in it.
public final class SoftwareKey {
  public static final int PRESENT = 0x01;
  public static final int VERIFIED = 0x04;
  public static final int BACKUP_ELIGIBLE = 0x08;
  public static final int BACKED_UP = 0x10;
  private static final int ATTESTED = 0x40;

  private final KeyPair pair;
  public byte[] credential = new byte[16];
  public @Nullable String handle;

  /// What the browser says of the page.
  public String origin;

  public boolean crossOrigin;
  public @Nullable String topOrigin;
  public @Nullable String type;

  /// What the authenticator says.
  public @Nullable String rpId;

  public int flags = PRESENT | VERIFIED;
  public long counter;
  public int algorithm = -7;

  public SoftwareKey(String origin) {
    this(origin, newPair());
    new SecureRandom().nextBytes(credential);
  }

  private SoftwareKey(String origin, KeyPair pair) {
    this.origin = origin;
    this.pair = pair;
  }

  private static KeyPair newPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Makes a passkey, as options ask for it.
  public Map<String, Object> create(Map<String, Object> options) {
    handle = text(object(options, "user"), "id");
    byte[] client = clientData("webauthn.create", options);
    byte[] said = authenticatorData(party(text(object(options, "rp"), "id")), true);
    Map<String, Object> response = new LinkedHashMap<>();
    response.put("clientDataJSON", base64(client));
    response.put("attestationObject", base64(attestation(said)));
    response.put("transports", List.of("internal", "something-new"));
    return credential(response);
  }

  /// Uses it.
  public Map<String, Object> get(Map<String, Object> options) {
    byte[] client = clientData("webauthn.get", options);
    byte[] said = authenticatorData(party(text(options, "rpId")), false);
    Map<String, Object> response = new LinkedHashMap<>();
    response.put("clientDataJSON", base64(client));
    response.put("authenticatorData", base64(said));
    response.put("signature", base64(signature(said, client)));
    response.put("userHandle", handle);
    return credential(response);
  }

  private String party(String asked) {
    return rpId == null ? asked : rpId;
  }

  private Map<String, Object> credential(Map<String, Object> response) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", base64(credential));
    members.put("rawId", base64(credential));
    members.put("type", "public-key");
    members.put("response", response);
    members.put("clientExtensionResults", Map.of());
    members.put("authenticatorAttachment", "platform");
    return members;
  }

  private byte[] clientData(String standard, Map<String, Object> options) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", type == null ? standard : type);
    members.put("challenge", text(options, "challenge"));
    members.put("origin", origin);
    members.put("crossOrigin", crossOrigin);
    if (topOrigin != null) {
      members.put("topOrigin", topOrigin);
    }
    return Json.bytes(json -> Json.write(json, members));
  }

  private byte[] authenticatorData(String party, boolean made) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(sha256(party.getBytes(StandardCharsets.UTF_8)));
    out.write(made ? flags | ATTESTED : flags);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) counter).array());
    if (made) {
      out.writeBytes(new byte[16]);
      out.writeBytes(ByteBuffer.allocate(2).putShort((short) credential.length).array());
      out.writeBytes(credential);
      out.writeBytes(publicKey());
    }
    return out.toByteArray();
  }

  /// A COSE key: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
  private byte[] publicKey() {
    ECPublicKey key = (ECPublicKey) pair.getPublic();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0xa5, 0x01, 0x02, 0x03});
    out.writeBytes(new byte[] {0x38, (byte) (-1 - algorithm)});
    out.writeBytes(new byte[] {0x20, 0x01, 0x21, 0x58, 0x20});
    out.writeBytes(coordinate(key.getW().getAffineX().toByteArray()));
    out.writeBytes(new byte[] {0x22, 0x58, 0x20});
    out.writeBytes(coordinate(key.getW().getAffineY().toByteArray()));
    return out.toByteArray();
  }

  private static byte[] coordinate(byte[] number) {
    byte[] fixed = new byte[32];
    int length = Math.min(32, number.length);
    System.arraycopy(number, number.length - length, fixed, 32 - length, length);
    return fixed;
  }

  /// {"fmt": "none", "attStmt": {}, "authData": ...}
  private static byte[] attestation(byte[] said) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0xa3);
    writeText(out, "fmt");
    writeText(out, "none");
    writeText(out, "attStmt");
    out.write(0xa0);
    writeText(out, "authData");
    out.write(0x59);
    out.writeBytes(ByteBuffer.allocate(2).putShort((short) said.length).array());
    out.writeBytes(said);
    return out.toByteArray();
  }

  private static void writeText(ByteArrayOutputStream out, String text) {
    out.write(0x60 | text.length());
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private byte[] signature(byte[] said, byte[] client) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(pair.getPrivate());
      signature.update(said);
      signature.update(sha256(client));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String text(Map<String, Object> members, String name) {
    return String.valueOf(Objects.requireNonNull(members.get(name), name));
  }

  private static Map<String, Object> object(Map<String, Object> members, String name) {
    return People.members(Objects.requireNonNull(members.get(name), name));
  }

  /// One that has the same key.
  public SoftwareKey copy() {
    SoftwareKey copy = new SoftwareKey(origin, pair);
    copy.credential = Arrays.copyOf(credential, credential.length);
    copy.handle = handle;
    copy.counter = counter;
    return copy;
  }
}
