package dev.varve.identity.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Patience;
import dev.varve.kernel.Problem;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
  private static final PasswordSettings CHEAP = new PasswordSettings(256, 1, 1, 64);

  private static Passwords passwords(PasswordSettings settings) {
    return new Passwords(settings, new SecureRandom());
  }

  @Test
  void aPasswordIsVerifiedByItsHashAndNoOther() {
    try (Passwords passwords = passwords(CHEAP)) {
      String phc = passwords.hash("correct horse battery");
      assertThat(phc).matches("\\$argon2id\\$v=19\\$m=256,t=1,p=1\\$[\\w+/]{22}\\$[\\w+/]{43}");
      assertThat(passwords.verify("correct horse battery", phc)).isTrue();
      assertThat(passwords.verify("correct horse batterz", phc)).isFalse();
      assertThat(passwords.verify("", phc)).isFalse();
    }
  }

  @Test
  void theSamePasswordHasAnotherHashEachTime() {
    try (Passwords passwords = passwords(CHEAP)) {
      assertThat(passwords.hash("correct horse")).isNotEqualTo(passwords.hash("correct horse"));
    }
  }

  /// From the tests of the reference implementation (phc-winner-argon2, test.c).
  @ParameterizedTest
  @ValueSource(
      strings = {
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
      })
  void hashesOfTheReferenceImplementationAreVerifiedWithTheirOwnParameters(String phc) {
    try (Passwords passwords = passwords(CHEAP)) {
      assertThat(passwords.verify("password", phc)).isTrue();
      assertThat(passwords.verify("Password", phc)).isFalse();
    }
  }

  @Test
  void theDefaultCostIsThatOfOwasp() {
    try (Passwords passwords = passwords(AuthSettings.DEFAULT.password())) {
      assertThat(passwords.hash("correct horse")).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    }
  }

  @Test
  void aHashIsMadeAnewWhenAParameterRisesAndStillVerifiedUntilThen() {
    try (Passwords before = passwords(CHEAP)) {
      String phc = before.hash("correct horse");
      assertThat(before.needsRehash(phc)).isFalse();
      for (PasswordSettings dearer :
          List.of(
              new PasswordSettings(257, 1, 1, 64),
              new PasswordSettings(256, 2, 1, 64),
              new PasswordSettings(256, 1, 2, 64))) {
        try (Passwords after = passwords(dearer)) {
          assertThat(after.needsRehash(phc)).isTrue();
          assertThat(after.verify("correct horse", phc)).isTrue();
          assertThat(before.needsRehash(after.hash("correct horse"))).isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "$argon2id$v=19$m=262145,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
        "$argon2id$v=19$m=99999999999,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
        "$argon2id$v=19$m=256,t=17,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
        "$argon2id$v=19$m=256,t=1,p=17$c29tZXNhbHQ$c29tZXNhbHQ",
        "$argon2id$v=19$m=256,t=1,p=0$c29tZXNhbHQ$c29tZXNhbHQ",
        "$argon2id$v=19$m=7,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
        "$argon2id$v=19$m=-256,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
        "$argon2id$v=19$m=256,t=1,p=1$c29tZXNhbHQ$",
        "$argon2id$v=19$m=256,t=1,p=1$c29tZXNhbHQ",
        "$argon2id$v=19$m=256,t=1,p=1$c2*tZXNhbHQ$c29tZXNhbHQ",
        "$argon2id$v=19$t=1,m=256,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
        "$argon2id$v=16$m=256,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
        "$argon2i$v=19$m=256,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
        "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
      })
  void aHashThatIsMalformedOrWouldTakeTooMuchVerifiesNothing(String phc) {
    try (Passwords passwords = passwords(CHEAP)) {
      assertThat(passwords.verify("password", phc)).isFalse();
      assertThat(passwords.needsRehash(phc)).isTrue();
    }
  }

  @Test
  void thePasswordIsTheSameHoweverItsAccentsAreTyped() {
    try (Passwords passwords = passwords(CHEAP)) {
      String composed = "caf\u00e9 au lait";
      String combined = "cafe\u0301 au lait";
      assertThat(passwords.verify(combined, passwords.hash(composed))).isTrue();
    }
  }

  @Test
  void tooShortTooLongAndCommonPasswordsAreRefused() {
    try (Passwords passwords = passwords(CHEAP)) {
      assertThat(passwords.weaknesses("password", "1234567"))
          .containsExactly(new FieldError("password", "must have at least 8 characters"));
      assertThat(passwords.weaknesses("newPassword", "x".repeat(257)))
          .containsExactly(new FieldError("newPassword", "must have at most 256 characters"));
      FieldError common =
          new FieldError(
              "password",
              "is one of the most common passwords, which are guessed first: choose another");
      for (String password :
          List.of("12345678", "password1", "PassWord", "Qwertyuiop", "iloveyou", "TRUSTNO1")) {
        assertThat(passwords.weaknesses("password", password)).containsExactly(common);
      }
    }
  }

  @Test
  void lengthIsCountedInCharactersThatPeopleSee() {
    try (Passwords passwords = passwords(CHEAP)) {
      String eightEmoji = "\ud83e\udd80".repeat(8);
      assertThat(passwords.weaknesses("password", eightEmoji)).isEmpty();
      assertThat(passwords.weaknesses("password", "\ud83e\udd80".repeat(7))).isNotEmpty();
      assertThat(passwords.weaknesses("password", "\ud83e\udd80".repeat(256))).isEmpty();
      assertThat(passwords.weaknesses("password", "a varve a year")).isEmpty();
    }
  }

  @Test
  void beyondTheQueueHashesAreRefusedAsOverload() throws Exception {
    PasswordSettings narrow = new PasswordSettings(19_456, 2, 1, 1);
    int callers = Runtime.getRuntime().availableProcessors() + 50;
    int hashed = 0;
    int refused = 0;
    try (Passwords passwords = passwords(narrow);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> hashes =
          threads.invokeAll(
              java.util.Collections.nCopies(callers, () -> passwords.hash("correct horse")));
      for (Future<String> hash : hashes) {
        try {
          assertThat(passwords.needsRehash(hash.get())).isFalse();
          hashed++;
        } catch (ExecutionException e) {
          assertThat(e.getCause())
              .isInstanceOfSatisfying(
                  Problem.class,
                  problem -> assertThat(problem.code()).isEqualTo(ErrorCode.OVERLOADED))
              .hasMessage("Too many passwords are being checked: try again in a moment");
          refused++;
        }
      }
    }
    assertThat(hashed).isGreaterThanOrEqualTo(Passwords.threads() + 1);
    assertThat(refused).isPositive();
  }

  @Test
  void anUnknownAccountTakesTheWorkOfAKnownOne() throws Exception {
    try (Passwords passwords = passwords(AuthSettings.DEFAULT.password())) {
      String phc = passwords.hash("correct horse");
      passwords.verify("wrong horse", phc);
      Patience.until("two hashes are computed", () -> passwords.hashed() == 2);
      passwords.verifyNothing("wrong horse");
      Patience.until("a third is", () -> passwords.hashed() == 3);
    }
  }

  @Test
  @SuppressWarnings("try") // closed before it is asked again
  void noMessageTellsAPassword() {
    Passwords passwords = passwords(CHEAP);
    assertThat(passwords.weaknesses("password", "trustno1").toString()).doesNotContain("trustno1");
    passwords.close();
    assertThatThrownBy(() -> passwords.hash("correct horse"))
        .isInstanceOf(Problem.class)
        .hasMessageNotContaining("horse");
  }
}
