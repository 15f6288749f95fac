package dev.varve.identity.client;

import dev.varve.kernel.FieldError;
import dev.varve.settings.Setting;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The certificate by which a client is known (RFC 8705, section 2): one that names it and that an authority vouches for
/// (`tls_client_auth`), or one of its own (`self_signed_tls_client_auth`).
public record ClientCertificate(
    @Setting(
            says =
                "The subject of the certificate by which it is known, as RFC 4514 writes it, such as CN=bank,O=Bank,C=DE. An authority vouches for it that http.tls.clientAuthorities names, or a proxy (http.proxyCertificates).")
        String subjectDn,
    @Setting(
            says =
                "In place of subjectDn: a host in its subjectAltName, such as client.bank.example.")
        String sanDns,
    @Setting(
            says =
                "In place of subjectDn: a URI in its subjectAltName, such as spiffe://bank.example/client.")
        String sanUri,
    @Setting(says = "In place of subjectDn: an address in its subjectAltName, such as 192.0.2.7.")
        String sanIp,
    @Setting(says = "In place of subjectDn: an e-mail address in its subjectAltName.")
        String sanEmail,
    @Setting(
            standard = "false",
            says =
                "In place of subjectDn: whether jwks or jwksUri has the certificate itself (x5c), its thumbprint (x5t#S256) or its key. Nobody need vouch for it, where http.tls.clientCertificates is ANY.")
        boolean selfSigned) {
  public static final ClientCertificate NONE = new ClientCertificate("", "", "", "", "", false);

  private static final String SELF_SIGNED = "selfSigned";

  /// One that its own set of keys has.
  static ClientCertificate ofItself() {
    return new ClientCertificate("", "", "", "", "", true);
  }

  /// @param name that it has; empty for none
  static ClientCertificate of(Function<NameKind, String> name, boolean selfSigned) {
    return new ClientCertificate(
        name.apply(NameKind.SUBJECT_DN),
        name.apply(NameKind.SAN_DNS),
        name.apply(NameKind.SAN_URI),
        name.apply(NameKind.SAN_IP),
        name.apply(NameKind.SAN_EMAIL),
        selfSigned);
  }

  /// As it is kept, and as administrators say it; what is none of its members is passed over.
  public static ClientCertificate read(@Nullable Object value) {
    return value instanceof Map<?, ?> members
        ? of(
            kind -> members.get(kind.member()) instanceof String text ? text : "",
            Boolean.TRUE.equals(members.get(SELF_SIGNED)))
        : NONE;
  }

  /// Whether a client is known by none.
  public boolean isNone() {
    return members().isEmpty();
  }

  /// What is said of it.
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    names().forEach((kind, name) -> members.put(kind.member(), name));
    if (selfSigned) {
      members.put(SELF_SIGNED, true);
    }
    return members;
  }

  /// What it must name.
  Map<NameKind, String> names() {
    Map<NameKind, String> names = new EnumMap<>(NameKind.class);
    names.put(NameKind.SUBJECT_DN, subjectDn);
    names.put(NameKind.SAN_DNS, sanDns);
    names.put(NameKind.SAN_URI, sanUri);
    names.put(NameKind.SAN_IP, sanIp);
    names.put(NameKind.SAN_EMAIL, sanEmail);
    names.values().removeIf(String::isEmpty);
    return names;
  }

  /// What is wrong, each with its member.
  ///
  /// @param keys whether the client has `jwks` or `jwksUri`
  List<FieldError> mistakes(boolean keys) {
    List<FieldError> mistakes = new ArrayList<>();
    if (members().size() > 1) {
      mistakes.add(
          new FieldError(
              ClientFeatures.CERTIFICATE,
              "has %s: take one of them".formatted(String.join(" and ", members().keySet()))));
    }
    if (selfSigned && !keys) {
      mistakes.add(
          new FieldError(
              ClientFeatures.CERTIFICATE,
              "is selfSigned, and neither jwks nor jwksUri says which it is. Give one of them"));
    }
    if (!names().isEmpty() && keys) {
      mistakes.add(
          new FieldError(
              ClientFeatures.CERTIFICATE, "stands beside keys: " + ClientDescription.ONE_PROOF));
    }
    names()
        .forEach((kind, name) -> {
          if (!kind.isGood(name)) {
            mistakes.add(
                new FieldError(
                    ClientFeatures.CERTIFICATE + "." + kind.member(),
                    "is '%s', and must be %s".formatted(name, kind.form())));
          }
        });
    return mistakes;
  }

  /// Whether a certificate that somebody vouches for names the client.
  public boolean isNamedBy(X509Certificate certificate) {
    Map<NameKind, String> names = names();
    return !names.isEmpty()
        && names.entrySet().stream()
            .allMatch(name -> name.getKey().isIn(certificate, name.getValue()));
  }
}
