package dev.varve.net.certificate;

import dev.varve.settings.WrongSetting;
import java.time.Clock;
import java.util.Optional;

/// A certificate in files that somebody else renews.
final class WatchedFiles implements CertificateSource {
  private final CertificateFiles files;
  private final Clock clock;
  private String seen = "";
  private String judged = "";

  WatchedFiles(CertificateFiles files, Clock clock) {
    this.files = files;
    this.clock = clock;
  }

  @Override
  public Optional<ServerCertificate> current() {
    judged = files.digest();
    seen = judged;
    return Optional.of(files.read(clock));
  }

  /// What the files hold, once they have come to rest: whoever renews a certificate writes two files, one after the other.
  @Override
  public Optional<ServerCertificate> renewed() throws NoRenewal {
    String now = digest();
    boolean atRest = now.equals(seen);
    seen = now;
    if (!atRest || now.equals(judged)) {
      return Optional.empty();
    }
    judged = now;
    try {
      return Optional.of(files.read(clock));
    } catch (WrongSetting e) {
      throw new NoRenewal(
          String.valueOf(e.getMessage()), "files are read again when they change", e);
    }
  }

  /// Files that cannot be read are a state as well.
  private String digest() {
    try {
      return files.digest();
    } catch (WrongSetting e) {
      return String.valueOf(e.getMessage());
    }
  }
}
