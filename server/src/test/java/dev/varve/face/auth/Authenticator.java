package dev.varve.face.auth;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import dev.varve.kernel.SteppedClock;
import java.security.InvalidKeyException;
import java.time.Duration;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.util.encoders.Base32;

/// An authenticator application, which shows the code of the moment for a secret that it was given.
public final class Authenticator {
  private static final TimeBasedOneTimePasswordGenerator CODES =
      new TimeBasedOneTimePasswordGenerator();

  private final String secret;
  private final SteppedClock clock;

  public Authenticator(String secret, SteppedClock clock) {
    this.secret = secret;
    this.clock = clock;
  }

  public String code() {
    return code(Duration.ZERO);
  }

  /// The one that it shows when some time has passed.
  public String code(Duration later) {
    String padded = secret + "=".repeat((8 - secret.length() % 8) % 8);
    try {
      return CODES.generateOneTimePasswordString(
          new SecretKeySpec(Base32.decode(padded), "RAW"), clock.instant().plus(later));
    } catch (InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The next one, which was not shown before.
  public String nextCode() {
    clock.move(CODES.getTimeStep());
    return code();
  }

  /// One that it shows for a long time neither before nor after.
  public String wrongCode() {
    String right = code();
    for (int number = 0; ; number++) {
      String other = "%06d".formatted(number);
      if (!other.equals(right)
          && !other.equals(code(Duration.ofSeconds(30)))
          && !other.equals(code(Duration.ofSeconds(-30)))) {
        return other;
      }
    }
  }
}
