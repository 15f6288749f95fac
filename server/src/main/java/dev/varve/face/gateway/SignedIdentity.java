package dev.varve.face.gateway;

import dev.varve.lane.access.Caller;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Request;
import dev.varve.schema.record.Entity;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Who sends a request, in headers that only Varve can have written and that fit this request alone:
///
/// ```
/// Varve-Actor: user:0198f3c2-…        key:… for a program, anonymous for nobody known
/// Varve-Account: 0198f3c2-…           empty for all but accounts
/// Varve-Roles: staff,billing          in their order; empty for none
/// Varve-Time: 1772366400              seconds since 1970: not good for long
/// Varve-Signature: v1=HEX             HMAC-SHA256 of the lines below, each with a line end behind it
///
/// v1, the service, time, method, path and query as the service gets them, actor, account, roles
/// ```
///
/// The key of a service is the HMAC-SHA256 of its name with the secret as the key, so that no service can speak to another
/// in Varve's name.
final class SignedIdentity {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String VERSION = "v1";
  private static final String PLAIN_MARKS = "-._~:@";

  private final byte[] secret;
  private final String service;

  SignedIdentity(byte[] secret, String service) {
    this.secret = secret;
    this.service = service;
  }

  List<HeaderLine> headers(Request request, String target, Caller caller) {
    String actor = plain(caller.actor());
    String account = plain(caller.account().map(Entity::id).orElse(""));
    String roles =
        new TreeSet<>(caller.roles())
            .stream().map(SignedIdentity::plain).collect(Collectors.joining(","));
    String time = Long.toString(request.startedAt().getEpochSecond());
    String signed =
        List.of(VERSION, service, time, request.method(), target, actor, account, roles).stream()
            .map(line -> line + "\n")
            .collect(Collectors.joining());
    byte[] key = hmac(secret, service);
    return List.of(
        new HeaderLine("Varve-Actor", actor),
        new HeaderLine("Varve-Account", account),
        new HeaderLine("Varve-Roles", roles),
        new HeaderLine("Varve-Time", time),
        new HeaderLine(
            "Varve-Signature", VERSION + "=" + HexFormat.of().formatHex(hmac(key, signed))));
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has HMAC with SHA-256", e);
    }
  }

  /// Percent-encoded where it is not plain: nothing that ends a line or a list stands in an id or a role.
  private static String plain(String text) {
    StringBuilder plain = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (each & 0xFF);
      boolean isPlain = c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN_MARKS.indexOf(c) >= 0);
      plain.append(isPlain ? String.valueOf(c) : "%%%02X".formatted((int) c));
    }
    return plain.toString();
  }
}
