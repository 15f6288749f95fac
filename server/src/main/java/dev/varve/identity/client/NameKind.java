package dev.varve.identity.client;

import java.security.cert.X509Certificate;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/// What of a certificate names a client.
@SuppressWarnings("ImmutableEnumChecker") // its functions know nothing that changes
enum NameKind {
  SUBJECT_DN(
      "subjectDn",
      "tls_client_auth_subject_dn",
      "a distinguished name, such as CN=bank,O=Bank,C=DE (RFC 4514)",
      CertificateNames::isSubject,
      CertificateNames::hasSubject),
  SAN_DNS(
      "sanDns",
      "tls_client_auth_san_dns",
      "a host without wildcards, such as client.bank.example",
      CertificateNames::isHost,
      CertificateNames::hasHost),
  SAN_URI(
      "sanUri",
      "tls_client_auth_san_uri",
      "a URI, such as spiffe://bank.example/client",
      CertificateNames::isUri,
      CertificateNames::hasUri),
  SAN_IP(
      "sanIp",
      "tls_client_auth_san_ip",
      "an address, such as 192.0.2.7 or 2001:db8::7",
      CertificateNames::isAddress,
      CertificateNames::hasAddress),
  SAN_EMAIL(
      "sanEmail",
      "tls_client_auth_san_email",
      "an e-mail address",
      CertificateNames::isEmail,
      CertificateNames::hasEmail);

  private final String member;
  private final String registered;
  private final String form;
  private final Predicate<String> good;
  private final BiPredicate<CertificateNames, String> has;

  NameKind(
      String member,
      String registered,
      String form,
      Predicate<String> good,
      BiPredicate<CertificateNames, String> has) {
    this.member = member;
    this.registered = registered;
    this.form = form;
    this.good = good;
    this.has = has;
  }

  /// Its name in settings, and for administrators.
  String member() {
    return member;
  }

  /// What a client that says itself what it is calls it (RFC 8705, section 2.1.2).
  String registered() {
    return registered;
  }

  /// What it must be, in words.
  String form() {
    return form;
  }

  boolean isGood(String name) {
    return good.test(name);
  }

  boolean isIn(X509Certificate certificate, String name) {
    return has.test(new CertificateNames(certificate), name);
  }
}
