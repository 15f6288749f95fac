package dev.varve.identity.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// Signatures are the same, whichever code calculates them.
class NativeCodeTest {
  private static final byte[] CLAIMS = "{\"sub\": \"ada\"}".getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @EnumSource(value = SigningAlgorithm.class, mode = Mode.EXCLUDE, names = "HS256")
  void whatOneSignsTheOtherVerifies(SigningAlgorithm algorithm) {
    KeyPair pair = algorithm.newKeys(new SecureRandom());
    SigningKey ours = SigningKey.of(algorithm, pair, NativeCode.OF_THIS_MACHINE);
    SigningKey javas = SigningKey.of(algorithm, pair, NativeCode.NONE);
    assertThat(ours.id()).isEqualTo(javas.id());
    for (SigningKey signer : new SigningKey[] {ours, javas}) {
      String token = signer.sign(TokenType.ACCESS, CLAIMS);
      int end = token.lastIndexOf('.');
      assertThat(javas.verify(TokenType.ACCESS, token.substring(0, end), token.substring(end + 1)))
          .isTrue();
      assertThat(
              javas.verify(TokenType.ACCESS, token.substring(0, end - 1), token.substring(end + 1)))
          .isFalse();
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void linuxHasSome() {
    assertThat(NativeCode.OF_THIS_MACHINE.isThere()).isTrue();
    assertThat(NativeCode.NONE.isThere()).isFalse();
  }
}
