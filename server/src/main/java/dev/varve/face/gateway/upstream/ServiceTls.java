package dev.varve.face.gateway.upstream;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// How a service is reached over TLS; `tls` of a service.
public record ServiceTls(
    @Setting(
            says =
                "A PEM file with the authorities that its certificate may come from, beside varve.yaml; without one, those that the JDK knows.")
        String ca,
    @Setting(says = "A PEM file with the certificate that it is shown (mutual TLS).")
        String certificate,
    @Setting(says = "The PEM file with the key of that certificate.") String key) {
  public static final ServiceTls NONE = new ServiceTls("", "", "");

  public ServiceTls {
    if (certificate.isEmpty() != key.isEmpty()) {
      throw new WrongSetting(
          certificate.isEmpty() ? "certificate" : "key",
          "is missing: a certificate is shown with its key. Name both files, or none");
    }
  }

  boolean isSet() {
    return !ca.isEmpty() || !certificate.isEmpty();
  }

  /// The same, with its files where they are.
  ///
  /// @param app the folder of `varve.yaml`
  public ServiceTls in(Path app) {
    return new ServiceTls(in(app, ca), in(app, certificate), in(app, key));
  }

  /// What is in its files, to tell whether it is what it was; of one that cannot be read, nothing.
  String content() {
    return content(ca) + content(certificate) + content(key);
  }

  private static String content(String file) {
    if (file.isEmpty()) {
      return "";
    }
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(Path.of(file))));
    } catch (IOException e) {
      // whoever makes a client of it says what is wrong
      return "";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private static String in(Path app, String file) {
    return file.isEmpty() ? file : app.resolve(file).toString();
  }
}
