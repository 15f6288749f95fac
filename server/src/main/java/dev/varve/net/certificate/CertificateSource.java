package dev.varve.net.certificate;

import java.util.Optional;

/// Where the certificate comes from. Its methods are called one after the other.
sealed interface CertificateSource permits WatchedFiles, AcmeCertificates {
  /// What can be served at the start.
  ///
  /// @throws dev.varve.settings.WrongSetting when nothing can, and never will by itself
  Optional<ServerCertificate> current();

  /// Looks, or asks, whether there is a newer one. Called every few seconds; it may take its time.
  ///
  /// @throws NoRenewal once for each that cannot be served
  Optional<ServerCertificate> renewed() throws NoRenewal, InterruptedException;

  /// There should be a newer certificate, and there is none that can be served.
  final class NoRenewal extends Exception {
    private static final long serialVersionUID = 1L;

    private final String next;

    /// @param message what is wrong, for the log alone
    /// @param next what happens next, in words that may be shown to anybody
    NoRenewal(String message, String next, Throwable cause) {
      super(message, cause);
      this.next = next;
    }

    String next() {
      return next;
    }
  }
}
