package dev.varve.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.Normalizer2;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Folding is that of Unicode, held against ICU.
class FoldingTest {
  @Test
  void everyCharacterFoldsAsUnicodeSays() {
    List<String> wrong = new ArrayList<>();
    characters()
        .filter(text -> !Folding.CASE.fold(text).equals(caseless(text)))
        .forEach(text -> wrong.add("%s U+%04X".formatted(text, text.codePointAt(0))));
    assertThat(wrong).isEmpty();
  }

  /// Canonical caseless matching, D145 of the standard, with the tables of ICU.
  private static String caseless(String text) {
    String decomposed = Normalizer2.getNFDInstance().normalize(text);
    return Normalizer2.getNFCInstance().normalize(UCharacter.foldCase(decomposed, true));
  }

  private static java.util.stream.Stream<String> characters() {
    return IntStream.rangeClosed(1, Character.MAX_CODE_POINT)
        .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
        .filter(Character::isDefined)
        .mapToObj(Character::toString);
  }

  @Test
  void whatIsFoldedStaysAsItIs() {
    List<String> moved = new ArrayList<>();
    characters().filter(text -> !isStill(text)).forEach(moved::add);
    assertThat(moved).isEmpty();
  }

  private static boolean isStill(String text) {
    String folded = Folding.CASE.fold(text);
    String bare = Folding.ACCENTS.fold(text);
    return Folding.CASE.fold(folded).equals(folded)
        && Folding.ACCENTS.fold(bare).equals(bare)
        && Folding.CASE.fold(bare).equals(bare)
        && Folding.ACCENTS.fold(folded).equals(bare);
  }

  @Property(tries = 5_000)
  void textsOfAnyCharactersFoldAsUnicodeSays(@ForAll @StringLength(max = 20) String any) {
    String text = Normalizer.normalize(withoutHalves(any), Normalizer.Form.NFKC);
    assertThat(Folding.CASE.fold(text)).isEqualTo(caseless(text));
    assertThat(isStill(text)).as(text).isTrue();
  }

  private static String withoutHalves(String text) {
    StringBuilder whole = new StringBuilder();
    text.codePoints()
        .filter(Character::isDefined)
        .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
        .forEach(whole::appendCodePoint);
    return whole.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "STRASSE, Straße",
    "STRAẞE, straße",
    "ὈΔΥΣΣΕΎΣ, ὀδυσσεύς",
    "σ, ς",
    "ŒUVRE, œuvre",
    "ﬁne, FINE",
    "K, k",
    "Ꭰ, ꭰ",
  })
  void theseAreTheSameInAnotherCase(String a, String b) {
    assertThat(Folding.CASE.fold(a)).isEqualTo(Folding.CASE.fold(b));
  }

  @ParameterizedTest
  @CsvSource({"ı, I", "İ, I", "é, e", "ø, o", "が, か"})
  void theseAreNotTheSameInAnotherCase(String a, String b) {
    assertThat(Folding.CASE.fold(a)).isNotEqualTo(Folding.CASE.fold(b));
  }

  @Test
  void composedAndDecomposedAreTheSame() {
    assertThat(Folding.CASE.fold("Cafe\u0301")).isEqualTo(Folding.CASE.fold("CAF\u00C9"));
    // marks in another order, and the iota below a letter, which folds to a letter
    assertThat(Folding.CASE.fold("a\u0323\u0307")).isEqualTo(Folding.CASE.fold("A\u0307\u0323"));
    assertThat(Folding.CASE.fold("\u1FB3\u0301"))
        .isEqualTo(Folding.CASE.fold("\u0391\u0301\u0399"));
  }

  @ParameterizedTest
  @CsvSource({
    "cafe, CAFÉ",
    "Muller, Müller",
    "istanbul, İstanbul",
    "οδυσσευς, Ὀδυσσεύς",
    "йод, ЙОД",
    "שלום, שָׁלוֹם",
    "كتب, كَتَبَ",
  })
  void theseAreTheSameWithoutAccents(String a, String b) {
    assertThat(Folding.ACCENTS.fold(a)).isEqualTo(Folding.ACCENTS.fold(b));
  }

  @ParameterizedTest
  @CsvSource({"ø, o", "ı, i", "が, か", "कु, क", "ß, s"})
  void theseAreNotTheSameWithoutAccents(String a, String b) {
    assertThat(Folding.ACCENTS.fold(a)).isNotEqualTo(Folding.ACCENTS.fold(b));
  }

  @Test
  void exactTextStaysAsItIs() {
    assertThat(Folding.EXACT.fold("Straße Cafe\u0301")).isEqualTo("Straße Cafe\u0301");
  }

  @Test
  void foldedAsciiIsNotCopied() {
    String text = "already folded 42";
    assertThat(Folding.CASE.fold(text)).isSameAs(text);
  }
}
