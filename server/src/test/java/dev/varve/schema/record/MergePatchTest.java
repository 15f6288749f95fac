package dev.varve.schema.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.AnyJson;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader.Mode;
import dev.varve.schema.sdl.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergePatchTest {
  private static final Model DOCUMENT =
      Schemas.parse("type Document @model { body: JSON }").require("Document");
  private static final Field BODY = DOCUMENT.field("body").orElseThrow();

  /// RFC 7396, appendix A. A null, as patch or as what remains, is an absent field here.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"a\":\"b\"}                 | {\"a\":\"c\"}                     | {\"a\":\"c\"}",
        "{\"a\":\"b\"}                 | {\"b\":\"c\"}                     | {\"a\":\"b\",\"b\":\"c\"}",
        "{\"a\":\"b\"}                 | {\"a\":null}                      | {}",
        "{\"a\":\"b\",\"b\":\"c\"}     | {\"a\":null}                      | {\"b\":\"c\"}",
        "{\"a\":[\"b\"]}               | {\"a\":\"c\"}                     | {\"a\":\"c\"}",
        "{\"a\":\"c\"}                 | {\"a\":[\"b\"]}                   | {\"a\":[\"b\"]}",
        "{\"a\":{\"b\":\"c\"}}         | {\"a\":{\"b\":\"d\",\"c\":null}}  | {\"a\":{\"b\":\"d\"}}",
        "{\"a\":[{\"b\":\"c\"}]}       | {\"a\":[1]}                       | {\"a\":[1]}",
        "[\"a\",\"b\"]                 | [\"c\",\"d\"]                     | [\"c\",\"d\"]",
        "{\"a\":\"b\"}                 | [\"c\"]                           | [\"c\"]",
        "{\"a\":\"foo\"}               | null                              | null",
        "{\"a\":\"foo\"}               | \"bar\"                           | \"bar\"",
        "{\"e\":null}                  | {\"a\":1}                         | {\"e\":null,\"a\":1}",
        "[1,2]                         | {\"a\":\"b\",\"c\":null}          | {\"a\":\"b\"}",
        "{}                            | {\"a\":{\"bb\":{\"ccc\":null}}}   | {\"a\":{\"bb\":{}}}",
      })
  void theExamplesOfTheStandardHold(String original, String patch, String result) {
    assertThat(patched(plain(original), plain(patch))).isEqualTo(plain(result));
  }

  @Property
  void mergingIsThatOfTheStandard(
      @ForAll("values") @Nullable Object original, @ForAll("values") @Nullable Object patch) {
    assertThat(patched(original, patch)).isEqualTo(mergePatch(original, patch));
  }

  @Property
  void mergingTwiceIsMergingOnce(
      @ForAll("values") @Nullable Object original, @ForAll("values") @Nullable Object patch) {
    Object once = patched(original, patch);

    assertThat(patched(once, patch)).isEqualTo(once);
  }

  /// What a caller does who merges `patch` into a field that holds `original`.
  private static @Nullable Object patched(@Nullable Object original, @Nullable Object patch) {
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("body", patch);
    Object given = InputReader.read(DOCUMENT, body, Mode.MERGE).value(BODY);
    if (!(given instanceof Input.Patch read)) {
      return given;
    }
    List<FieldError> errors = new ArrayList<>();
    Object merged = InputReader.merge(BODY, original, read, "body", errors);
    assertThat(errors).isEmpty();
    return merged;
  }

  /// The pseudocode of RFC 7396, section 2, line by line.
  private static @Nullable Object mergePatch(@Nullable Object target, @Nullable Object patch) {
    if (patch instanceof Map<?, ?> members) {
      Map<Object, @Nullable Object> result = new HashMap<>();
      if (target instanceof Map<?, ?> object) {
        result.putAll(object);
      }
      for (Map.Entry<?, ?> member : members.entrySet()) {
        if (member.getValue() == null) {
          result.remove(member.getKey());
        } else {
          result.put(member.getKey(), mergePatch(result.get(member.getKey()), member.getValue()));
        }
      }
      return result;
    } else {
      return patch;
    }
  }

  @Provide
  Arbitrary<@Nullable Object> values() {
    return AnyJson.values();
  }

  private static @Nullable Object plain(String json) {
    return Json.read(json.getBytes(StandardCharsets.UTF_8));
  }
}
