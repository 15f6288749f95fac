package dev.varve.schema.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.schema.Field;
import dev.varve.schema.Schema;
import dev.varve.schema.sdl.Schemas;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueReaderTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "ID        | \"a b/\u00e9\"",
        "String    | \"\"",
        "String    | \"  \u00e9 \\n \ud83d\ude00 \"",
        "Email     | \"ada@example.com\"",
        "Email     | \"Ada.Lovelace+test@mail.example.co.uk\"",
        "Email     | \"o'neil_{x}@a-b.example\"",
        "Email     | \"\u00e4da@b\u00fccher.example\"",
        "Url       | \"https://example.com\"",
        "Url       | \"HTTP://example.com:8080/a%20b?c=d#e\"",
        "Url       | \"http://[::1]/\"",
        "Color     | \"RED\"",
        "Place     | \"some id\"",
      })
  void textIsKeptAsItIs(String type, String json) {
    assertThat(read(type, json)).isEqualTo(plain(json));
  }

  @Test
  void valuesHaveTheJavaTypeOfTheirField() {
    assertThat(read("Int", "-2147483648")).isEqualTo(-2_147_483_648L);
    assertThat(read("Int", "1.0")).isEqualTo(1L);
    assertThat(read("Int", "1e3")).isEqualTo(1_000L);
    assertThat(read("Long", "9223372036854775807")).isEqualTo(Long.MAX_VALUE);
    assertThat(read("Long", "\"-9223372036854775808\"")).isEqualTo(Long.MIN_VALUE);
    assertThat(read("Float", "1")).isEqualTo(1.0);
    assertThat(read("Float", "-0.0")).isEqualTo(0.0);
    assertThat(read("Float", "1e-400")).isEqualTo(0.0);
    assertThat(read("Boolean", "true")).isEqualTo(true);
    assertThat(read("DateTime", "\"2026-01-01T01:00:00.1234567+01:00\""))
        .isEqualTo(Instant.parse("2026-01-01T00:00:00.123456Z"));
    assertThat(read("Date", "\"2024-02-29\"")).isEqualTo(LocalDate.of(2024, 2, 29));
    assertThat(read("UUID", "\"0198C5F2-6F1A-7C3E-9B1D-2F4A8E6C0B57\""))
        .isEqualTo("0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57");
    assertThat(read("JSON", "{\"a\": [1, null, 1.50]}"))
        .isEqualTo(Map.of("a", Arrays.asList(1L, null, new BigDecimal("1.50"))));
    assertThat(read("[Int]", "[1, null]")).isEqualTo(Arrays.asList(1L, null));
    assertThat(read("[Int]", "[]")).isEqualTo(List.of());
  }

  @ParameterizedTest
  @CsvSource({
    "\"19.90\", 19.90",
    "19.9, 19.90",
    "20, 20.00",
    "1.9900, 1.99",
    "\"1.9900\", 1.99",
    "2e3, 2000.00",
    "\"2E+3\", 2000.00",
    "-0.0, 0.00",
    "0e1000, 0.00",
    "9999999999999999.99, 9999999999999999.99"
  })
  void aDecimalIsExactAtTheScaleOfItsField(String json, BigDecimal value) {
    assertThat(read("Decimal @scale(digits: 2)", json)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "ID!      | null          | is required",
        "ID       | 42            | must be text of 1 to 128 characters, without control characters",
        "ID       | \"\"          | must be text of 1 to 128 characters, without control characters",
        "ID       | \"a\\tb\"     | must be text of 1 to 128 characters, without control characters",
        "ID       | \"a\\u0085\"  | must be text of 1 to 128 characters, without control characters",
        "String   | 1             | must be text",
        "String   | \"a\\u0000\"  | must not contain the character U+0000",
        "Int      | \"1\"         | must be a whole number from -2147483648 to 2147483647",
        "Int      | 2147483648    | must be a whole number from -2147483648 to 2147483647",
        "Int      | 1.5           | must be a whole number from -2147483648 to 2147483647",
        "Int      | 1e1000        | must be a whole number from -2147483648 to 2147483647",
        "Int      | true          | must be a whole number from -2147483648 to 2147483647",
        "Long     | 9223372036854775808     | must be a whole number from -9223372036854775808 to 9223372036854775807",
        "Long     | \"1e99999999999\"       | must be a whole number from -9223372036854775808 to 9223372036854775807",
        "Long     | \"+1\"        | must be a whole number from -9223372036854775808 to 9223372036854775807",
        "Long     | \"\u0661\"    | must be a whole number from -9223372036854775808 to 9223372036854775807",
        "Float    | \"1\"         | must be a number",
        "Float    | 1e400         | must be a number from -1.7976931348623157E308 to 1.7976931348623157E308",
        "Boolean  | \"true\"      | must be true or false",
        "Boolean  | 1             | must be true or false",
        "DateTime | \"2026-01-01\" | must be a date and time with offset, such as 2026-01-31T09:30:00Z",
        "DateTime | 0             | must be a date and time with offset, such as 2026-01-31T09:30:00Z",
        "Date     | \"2026-02-29\" | must be a date, such as 2026-01-31",
        "Date     | 20260101      | must be a date, such as 2026-01-31",
        "UUID     | \"0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b5\"  | must be a UUID, such as 0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57",
        "UUID     | \"0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b5g\" | must be a UUID, such as 0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57",
        "UUID     | \"0198c5f26f1a-7c3e-9b1d-2f4a-8e6c0b57\" | must be a UUID, such as 0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57",
        "Place    | 1             | must be the id of a record of Place, as text",
        "Place    | \"\"          | must be the id of a record of Place, as text",
        "Color    | \"REDD\"      | has no value 'REDD'. Did you mean 'RED'?",
        "Color    | \"red\"       | has no value 'red'. Did you mean 'RED'?",
        "Color    | \"PURPLE\"    | must be one of RED, GREEN, BLUE",
        "Color    | 1             | must be one of RED, GREEN, BLUE",
        "[Int]    | 1             | must be a list",
        "Address  | \"Berlin\"    | must be an object with the fields of Address",
      })
  void theWrongTypeIsRefused(String type, String json, String message) {
    assertThat(errors(type, json)).containsExactly(new FieldError("field", message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"1,5\"                  | must be a decimal number, such as \"19.90\"",
        "\"+1\"                   | must be a decimal number, such as \"19.90\"",
        "\"1.\"                   | must be a decimal number, such as \"19.90\"",
        "\".5\"                   | must be a decimal number, such as \"19.90\"",
        "\"\"                     | must be a decimal number, such as \"19.90\"",
        "\"1e\"                   | must be a decimal number, such as \"19.90\"",
        "\"1e9999999999999\"      | must be a decimal number, such as \"19.90\"",
        "\" 1\"                   | must be a decimal number, such as \"19.90\"",
        "\"\u0661\"               | must be a decimal number, such as \"19.90\"",
        "true                     | must be a decimal number, such as \"19.90\"",
        "1.999                    | must have at most 2 decimal places, as its @scale says (it has 3)",
        "\"1e-999999999\"         | must have at most 2 decimal places, as its @scale says (it has 999999999)",
        "10000000000000000        | must have at most 16 digits before the decimal point",
        "\"1e999999999\"          | must have at most 16 digits before the decimal point",
        "\"-1e999999999\"         | must have at most 16 digits before the decimal point",
      })
  void aDecimalThatDoesNotFitIsRefused(String json, String message) {
    assertThat(errors("Decimal @scale(digits: 2)", json))
        .containsExactly(new FieldError("field", message));
  }

  @Test
  void aDecimalWithoutPlacesTakesWholeNumbers() {
    assertThat(read("Decimal @scale(digits: 0)", "999999999999999999"))
        .isEqualTo(new BigDecimal("999999999999999999"));
    assertThat(errors("Decimal @scale(digits: 0)", "0.5"))
        .containsExactly(
            new FieldError(
                "field", "must have at most 0 decimal places, as its @scale says (it has 1)"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@example",
        "ada@@example.com",
        "ada@b@example.com",
        "ada lovelace@example.com",
        "ada@exam ple.com",
        " ada@example.com",
        "ada@example.com\n",
        "ada\u00a0x@example.com",
        ".ada@example.com",
        "ada.@example.com",
        "a..b@example.com",
        "\"ada\"@example.com",
        "Ada <ada@example.com>",
        "a,b@example.com",
        "ada@-example.com",
        "ada@example-.com",
        "ada@example..com",
        "ada@.example.com",
        "ada@example.com.",
        "ada@exam_ple.com"
      })
  void whatIsNoEmailAddressIsRefused(String text) {
    assertThat(errorsOf("Email", text)).isEqualTo(invalidEmail());
  }

  @Test
  void anEmailAddressHasBounds() {
    String labels = "a".repeat(63) + "." + "b".repeat(63) + "." + "c".repeat(61);

    assertThat(errorsOf("Email", "x".repeat(64) + "@" + labels)).isEmpty();
    assertThat(errorsOf("Email", "x".repeat(65) + "@example.com")).isEqualTo(invalidEmail());
    assertThat(errorsOf("Email", "x".repeat(64) + "@" + labels + "c")).isEqualTo(invalidEmail());
    assertThat(errorsOf("Email", "x@" + "a".repeat(64) + ".com")).isEqualTo(invalidEmail());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com",
        "/path",
        "//example.com/",
        "ftp://example.com/",
        "javascript:alert(1)",
        "https:example.com",
        "https://",
        "https:///path",
        "https://:80/",
        "https://exam ple.com/",
        "https://example.com/a b",
        "https://example.com/%zz",
        "https://example.com/<script>",
        "https://example.com/\n"
      })
  void whatIsNoUrlIsRefused(String text) {
    assertThat(errorsOf("Url", text))
        .containsExactly(
            new FieldError(
                "field",
                "must be an absolute http or https URL of at most 2048 characters, such as https://example.com/page"));
  }

  @Test
  void aUrlHasABound() {
    String url = "https://example.com/";

    assertThat(errorsOf("Url", url + "a".repeat(2048 - url.length()))).isEmpty();
    assertThat(errorsOf("Url", url + "a".repeat(2049 - url.length()))).hasSize(1);
  }

  @Test
  void charactersAreCountedNotTheirUtf16Units() {
    assertThat(errorsOf("ID", "\ud83d\ude00".repeat(128))).isEmpty();
    assertThat(errorsOf("ID", "\ud83d\ude00".repeat(129))).hasSize(1);
    assertThat(errorsOf("String @length(max: 2)", "\ud83d\ude00\ud83d\ude00")).isEmpty();
  }

  @Test
  void halvesOfSurrogatePairsAreRefused() {
    String message = "must be valid Unicode: it contains half of a surrogate pair";

    assertThat(errorsOf("String", "a\ud83d")).containsExactly(new FieldError("field", message));
    assertThat(errorsOf("String", "\ude00a")).containsExactly(new FieldError("field", message));
    assertThat(errorsOf("ID", "\ud83d")).hasSize(1);
    assertThat(errorsOf("Email", "\ud83d@example.com")).hasSize(1);
    assertThat(errorsOf("Url", "https://example.com/\ud83d")).hasSize(1);
  }

  @Test
  void textHasABound() {
    assertThat(errorsOf("String", "a".repeat(1_000_000))).isEmpty();
    assertThat(errorsOf("String", "a".repeat(1_000_001)))
        .containsExactly(
            new FieldError("field", "must be at most 1000000 characters long (it has 1000001)"));
  }

  @Test
  void jsonIsHeld48LevelsDeep() {
    assertThat(errors("JSON", "[".repeat(48) + "]".repeat(48))).isEmpty();
    assertThat(errors("JSON", "{\"a\":".repeat(49) + "1" + "}".repeat(49)))
        .containsExactly(new FieldError("field", "must be at most 48 levels deep"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "String @length(max: 3)             | \"abcd\"   | must be at most 3 characters long (it has 4)",
        "String @length(min: 1)             | \"\"       | must be at least 1 character long (it has 0)",
        "Int @range(min: 1)                 | 0          | must be at least 1",
        "Int @range(max: 999)               | 1000       | must be at most 999",
        "Long @range(max: 9)                | \"10\"     | must be at most 9",
        "Decimal @scale(digits: 2) @range(min: 0) | \"-0.01\"  | must be at least 0",
        "Decimal @range(max: 0.5)           | 0.6        | must be at most 0.5",
        "Float @range(max: 0.1)             | 0.2        | must be at most 0.1",
        "String @pattern(regex: \"[A-Z]{2}\") | \"DEU\"  | must match the pattern [A-Z]{2}",
        "String @pattern(regex: \"[A-Z]{2}\") | \"de\"   | must match the pattern [A-Z]{2}",
        "[Int] @length(max: 1)              | [1, 2]     | must have at most 1 element (it has 2)",
        "[Int] @length(min: 2)              | [1]        | must have at least 2 elements (it has 1)",
      })
  void aBrokenConstraintIsRefused(String type, String json, String message) {
    assertThat(errors(type, json)).containsExactly(new FieldError("field", message));
  }

  @Test
  void boundsAreWithinTheRange() {
    assertThat(errors("Float @range(min: 0.1, max: 0.1)", "0.1")).isEmpty();
    assertThat(errors("Decimal @range(min: 1, max: 1)", "1.00")).isEmpty();
    assertThat(errors("Int @range(min: 1, max: 1)", "1")).isEmpty();
  }

  @Test
  void everyWrongElementIsNamedByItsIndex() {
    assertThat(errors("[Int!] @range(max: 9)", "[1, null, \"2\", 10]"))
        .containsExactly(
            new FieldError("field[1]", "is required"),
            new FieldError("field[2]", "must be a whole number from -2147483648 to 2147483647"),
            new FieldError("field[3]", "must be at most 9"));
  }

  @Test
  void aListHasAtMost1000Elements() {
    assertThat(errors("[Int]", ones(1_000))).isEmpty();
    assertThat(errors("[Int]", ones(1_001)))
        .containsExactly(new FieldError("field", "must have at most 1000 elements (it has 1001)"));
  }

  @Test
  void atMost100ErrorsAreReported() {
    assertThat(errors("[String]", ones(1_000))).hasSize(100);
  }

  @Test
  void aValueHoldsItsFieldsInTheirOrderWithoutAbsentOnes() {
    Map<?, ?> address =
        (Map<?, ?>) read("Address", "{\"country\": \"DE\", \"street\": \"Elm 1\", \"note\": null}");

    assertThat(String.valueOf(address)).isEqualTo("{street=Elm 1, city=Berlin, country=DE}");
  }

  @Test
  void everyWrongMemberIsNamedByItsPath() {
    assertThat(errors("[Address]", "[{\"stret\": 1, \"country\": \"de\", \"x\": 1}]"))
        .containsExactly(
            new FieldError("field[0].street", "is required"),
            new FieldError("field[0].country", "must match the pattern [A-Z]{2}"),
            new FieldError("field[0].stret", "is not a field of Address. Did you mean 'street'?"),
            new FieldError("field[0].x", "is not a field of Address."));
  }

  private static String ones(int count) {
    return "[" + "1,".repeat(count - 1) + "1]";
  }

  private static List<FieldError> invalidEmail() {
    return List.of(new FieldError("field", "Invalid email format"));
  }

  private static @Nullable Object read(String type, String json) {
    List<FieldError> errors = new ArrayList<>();
    Object value = InputReader.value(field(type), plain(json), "field", errors);
    assertThat(errors).isEmpty();
    return value;
  }

  private static List<FieldError> errors(String type, String json) {
    return errorsOf(type, plain(json));
  }

  private static List<FieldError> errorsOf(String type, @Nullable Object plain) {
    List<FieldError> errors = new ArrayList<>();
    Object value = InputReader.value(field(type), plain, "field", errors);
    assertThat(errors.isEmpty() || value == null).isTrue();
    return errors;
  }

  private static @Nullable Object plain(String json) {
    return Json.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Field field(String type) {
    Schema schema =
        Schemas.parse(
            """
            type Thing @model { field: %s }
            type Place @model { name: String }
            enum Color { RED GREEN BLUE }
            type Address {
              street: String!
              city: String! @default(value: "Berlin")
              country: String! @pattern(regex: "[A-Z]{2}")
              note: String
            }
            """
                .formatted(type));
    return schema.require("Thing").field("field").orElseThrow();
  }
}
