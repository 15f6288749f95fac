package dev.varve.schema;

import java.text.Normalizer;
import java.util.Locale;

/// The spelling of e-mail addresses: domains are the same in every case (RFC 1035, section 2.3.3), what stands before
/// the `@` is for the receiving system alone to compare (RFC 5321, section 2.4).
public final class EmailAddress {
  /// How long one may be at most (RFC 5321, section 4.5.3.1.3, without its brackets).
  public static final int LENGTH_MAX = 254;

  private EmailAddress() {}

  /// The whole address in lower case and composed (NFC), as accounts have theirs: no two people share a mailbox whose
  /// names differ by case alone.
  public static String inLowerCase(String text) {
    return plain(text);
  }

  /// The text with all that follows its last `@` in lower case and composed (NFC).
  public static String withPlainDomain(String text) {
    int at = text.lastIndexOf('@');
    if (at < 0) {
      return text;
    }
    String domain = text.substring(at + 1);
    String plain = plain(domain);
    return plain.equals(domain) ? text : text.substring(0, at + 1) + plain;
  }

  /// The end of an address, such as `Example.com`: without an `@` it lies in the domain.
  public static String plainEnd(String text) {
    return text.indexOf('@') < 0 ? plain(text) : withPlainDomain(text);
  }

  private static String plain(String text) {
    return Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
  }
}
