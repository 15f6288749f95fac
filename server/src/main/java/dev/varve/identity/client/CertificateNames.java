package dev.varve.identity.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;

/// Whom a certificate names: its subject, and its `subjectAltName` (RFC 5280, sections 4.1.2.6 and 4.2.1.6).
record CertificateNames(X509Certificate certificate) {
  // of GeneralName
  private static final int EMAIL = 1;
  private static final int HOST = 2;
  private static final int URI_NAME = 6;
  private static final int ADDRESS = 7;

  /// What Java does not know by itself of the names of attributes.
  private static final Map<String, String> KEYWORDS =
      Map.of("ORGANIZATIONIDENTIFIER", "2.5.4.97", "BUSINESSCATEGORY", "2.5.4.15");

  private static final Pattern HOST_NAME =
      Pattern.compile("(?i)[a-z0-9_]([a-z0-9_-]{0,62})(\\.[a-z0-9_]([a-z0-9_-]{0,62}))*");
  private static final Pattern SPACES = Pattern.compile("\\s+");

  static boolean isSubject(String name) {
    return subject(name).filter(read -> read.getRDNs().length > 0).isPresent();
  }

  static boolean isHost(String name) {
    return HOST_NAME.matcher(name).matches();
  }

  static boolean isUri(String name) {
    try {
      return new URI(name).isAbsolute();
    } catch (URISyntaxException e) {
      return false;
    }
  }

  static boolean isAddress(String name) {
    return address(name).isPresent();
  }

  static boolean isEmail(String name) {
    int at = name.lastIndexOf('@');
    return at > 0 && isHost(name.substring(at + 1));
  }

  /// As RFC 4514 writes it, the last part first.
  private static Optional<X500Name> subject(String name) {
    try {
      return Optional.of(X500Name.getInstance(new X500Principal(name, KEYWORDS).getEncoded()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Whether the subject is a name: the same parts in the same order (RFC 4517, section 4.2.15). How a text is encoded makes no difference,
  /// nor do capitals and how many spaces there are (RFC 5280, section 7.1).
  boolean hasSubject(String name) {
    RDN[] own = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()).getRDNs();
    RDN[] other = subject(name).map(X500Name::getRDNs).orElse(new RDN[0]);
    return own.length > 0 && Arrays.equals(own, other, (a, b) -> isSame(a, b) ? 0 : 1);
  }

  private static boolean isSame(RDN a, RDN b) {
    return values(a).equals(values(b));
  }

  /// The attributes of one part, which has no order.
  private static List<String> values(RDN part) {
    return Stream.of(part.getTypesAndValues()).map(CertificateNames::value).sorted().toList();
  }

  private static String value(AttributeTypeAndValue attribute) {
    return attribute.getType().getId() + "=" + value(attribute.getValue());
  }

  /// Of a text what is compared of it, of anything else its bytes.
  private static String value(ASN1Encodable value) {
    if (value instanceof ASN1String text) {
      String folded =
          Normalizer.normalize(text.getString(), Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
      return "text " + SPACES.matcher(folded).replaceAll(" ").strip();
    }
    try {
      return "bytes " + Arrays.toString(value.toASN1Primitive().getEncoded(ASN1Encoding.DER));
    } catch (IOException e) {
      throw new IllegalStateException("What was read can be written", e);
    }
  }

  /// Whether one of its hosts is this one, without wildcards.
  boolean hasHost(String name) {
    return has(HOST, name::equalsIgnoreCase);
  }

  boolean hasUri(String name) {
    return has(URI_NAME, name::equals);
  }

  /// However it is written.
  boolean hasAddress(String name) {
    Optional<InetAddress> wanted = address(name);
    return wanted.isPresent() && has(ADDRESS, other -> address(other).equals(wanted));
  }

  private static Optional<InetAddress> address(String literal) {
    try {
      return Optional.of(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Capitals of the host make no difference (RFC 5280, section 7.5).
  boolean hasEmail(String name) {
    return has(EMAIL, other -> foldedHost(other).equals(foldedHost(name)));
  }

  private static String foldedHost(String email) {
    int at = email.lastIndexOf('@') + 1;
    return email.substring(0, at) + email.substring(at).toLowerCase(Locale.ROOT);
  }

  private boolean has(int kind, Predicate<String> wanted) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names != null
          && names.stream()
              .anyMatch(name ->
                  name.getFirst() instanceof Integer of
                      && of == kind
                      && name.get(1) instanceof String text
                      && wanted.test(text));
    } catch (CertificateParsingException e) {
      return false; // nobody knows whom it names
    }
  }
}
