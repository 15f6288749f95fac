package dev.varve.schema.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader.Mode;
import dev.varve.schema.sdl.Schemas;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class InputReaderTest {
  private static final Model ORDER =
      Schemas.parse(
              """
              type Order @model {
                id: UUID!
                customer: String! @immutable
                status: Status! @default(value: "DRAFT")
                total: Decimal @scale(digits: 2)
                note: String
                source: String @immutable
                score: Int @readonly
                rank: Int @readonly @default(value: 7)
                shipTo: Address
                extra: JSON
                lines: [Line!]! @hasMany(by: "order")
              }
              type Line @model { order: Order! }
              type Address { city: String! zip: String @length(max: 5) geo: Geo }
              type Geo { lat: Float! lon: Float! }
              enum Status { DRAFT PAID }
              """)
          .require("Order");

  @Test
  void aNewRecordGetsDefaultsForAbsentFieldsAndNothingElse() {
    Input input = read(Mode.CREATE, "{\"customer\": \"Ada\", \"total\": 5, \"note\": null}");

    assertThat(present(input).toString())
        .isEqualTo("{customer=Ada, status=DRAFT, total=5.00, note=null, rank=7}");
  }

  @Test
  void aNewRecordMayBringItsId() {
    Input input =
        read(
            Mode.CREATE,
            "{\"id\": \"0198C5F2-6F1A-7C3E-9B1D-2F4A8E6C0B57\", \"customer\": \"Ada\"}");

    assertThat(input.value(ORDER.id())).isEqualTo("0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57");
  }

  @Test
  void everyWrongFieldOfANewRecordIsNamedAtOnce() {
    assertThat(
            errors(
                Mode.CREATE,
                """
                {"id": "1", "status": null, "total": "x", "score": 1, "shipTo": {"zip": "123456"},
                 "createdAt": null, "version": 1, "costumer": "Ada", "lines": []}
                """))
        .containsExactly(
            error("id", "must be a UUID, such as 0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57"),
            error("customer", "is required"),
            error("status", "is required"),
            error("total", "must be a decimal number, such as \"19.90\""),
            error("score", "is read-only: leave it out"),
            error("shipTo.city", "is required"),
            error("shipTo.zip", "must be at most 5 characters long (it has 6)"),
            error("createdAt", "is set by Varve: leave it out"),
            error("version", "is set by Varve: leave it out"),
            error("costumer", "is not a field of Order. Did you mean 'customer'?"),
            error("lines", "is the other side of Line.order; write the lines themselves"));
  }

  @Test
  void aNewRecordsIdIsGivenOrLeftOut() {
    assertThat(errors(Mode.CREATE, "{\"id\": null, \"customer\": \"Ada\"}"))
        .containsExactly(error("id", "must be an id, or left out so that Varve makes one"));
  }

  @Test
  void replacingEmptiesOrDefaultsAbsentFieldsButLeavesThoseThatCallersCannotChange() {
    Input input = read(Mode.REPLACE, "{}");

    assertThat(present(input).toString())
        .isEqualTo("{status=DRAFT, total=null, note=null, shipTo=null, extra=null}");
  }

  @Test
  void aRecordMayBePutBackAsItWasRead() {
    Input input =
        read(
            Mode.REPLACE,
            """
            {"id": "0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57", "customer": "Ada", "status": "PAID",
             "total": "1.00", "note": null, "source": "web", "score": 3, "rank": 7,
             "shipTo": {"city": "Bonn", "zip": null, "geo": null}, "extra": {"a": null},
             "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-02T00:00:00.5Z", "version": 4}
            """);

    Map<String, @Nullable Object> present = present(input);
    assertThat(present.keySet())
        .isEqualTo(new LinkedHashSet<>(ORDER.fields().stream().map(Field::name).toList()));
    assertThat(present)
        .containsEntry("total", new BigDecimal("1.00"))
        .containsEntry("score", 3L)
        .containsEntry("shipTo", Map.of("city", "Bonn"))
        .containsEntry("createdAt", Instant.parse("2026-01-01T00:00:00Z"))
        .containsEntry("version", 4L);
  }

  @Test
  void whatIsPutBackIsCheckedByTypeToo() {
    assertThat(errors(Mode.REPLACE, "{\"status\": null, \"version\": \"4\", \"score\": \"x\"}"))
        .containsExactly(
            error("status", "is required"),
            error("score", "must be a whole number from -2147483648 to 2147483647"),
            error("version", "must be a whole number from -2147483648 to 2147483647"));
  }

  @Test
  void absentRequiredFieldsWithoutDefaultAreMissedWhenReplacing() {
    Model model = Schemas.parse("type Thing @model { name: String! }").require("Thing");

    Problem problem =
        catchThrowableOfType(Problem.class, () -> InputReader.read(model, Map.of(), Mode.REPLACE));

    assertThat(problem.details()).containsExactly(error("name", "is required"));
  }

  @Test
  void mergingKeepsToWhatIsGiven() {
    Input input = read(Mode.MERGE, "{\"note\": null, \"total\": 2, \"score\": 3}");

    assertThat(present(input).toString()).isEqualTo("{total=2.00, note=null, score=3}");
  }

  @Test
  void objectsAreReadAsPatchesWhenMerging() {
    Input input =
        read(
            Mode.MERGE,
            """
            {"shipTo": {"geo": {"lat": 1}, "zip": null}, "extra": {"a": {"b": null}, "c": [{"d": null}]}}
            """);

    assertThat(String.valueOf(input.value(field("shipTo"))))
        .isEqualTo("Patch[members={zip=null, geo=Patch[members={lat=1.0}]}]");
    assertThat(String.valueOf(input.value(field("extra"))))
        .isEqualTo("Patch[members={a=Patch[members={b=null}], c=[{d=null}]}]");
  }

  @Test
  void everyWrongFieldOfAMergeIsNamedAtOnce() {
    assertThat(
            errors(
                Mode.MERGE,
                """
                {"customer": null, "id": null, "shipTo": {"city": null, "zp": 1, "geo": {"lat": "x"}},
                 "statu": 1, "lines": null}
                """))
        .containsExactly(
            error("id", "is required: it cannot be removed"),
            error("customer", "is required: it cannot be removed"),
            error("shipTo.city", "is required: it cannot be removed"),
            error("shipTo.geo.lat", "must be a number"),
            error("shipTo.zp", "is not a field of Address. Did you mean 'zip'?"),
            error("statu", "is not a field of Order. Did you mean 'status'?"),
            error("lines", "is the other side of Line.order; write the lines themselves"));
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatIsNoObjectIsMalformed(Mode mode) {
    for (String body : List.of("null", "[]", "\"a\"", "1")) {
      Problem problem = catchThrowableOfType(Problem.class, () -> read(mode, body));

      assertThat(problem.code()).isEqualTo(ErrorCode.MALFORMED_REQUEST);
      assertThat(problem.text())
          .isEqualTo("The body must be a JSON object with the fields of Order");
    }
  }

  @Test
  void atMost100ErrorsAreReported() {
    StringBuilder body = new StringBuilder("{\"customer\": \"Ada\"");
    for (int i = 0; i < 1_000; i++) {
      body.append(", \"unknown").append(i).append("\": 1");
    }

    assertThat(errors(Mode.CREATE, body + "}")).hasSize(100);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "absent",
      value = {
        "absent              | {\"city\": \"Bonn\"}              | {city=Bonn}",
        "{\"city\": \"Ulm\"} | {\"zip\": \"1\"}                  | {city=Ulm, zip=1}",
        "{\"city\": \"Ulm\", \"zip\": \"1\"} | {\"zip\": null}   | {city=Ulm}",
        "{\"city\": \"Ulm\"} | {\"geo\": {\"lat\": 1, \"lon\": 2}} | {city=Ulm, geo={lat=1.0, lon=2.0}}",
        "{\"city\": \"Ulm\", \"geo\": {\"lat\": 1, \"lon\": 2}} | {\"geo\": {\"lon\": 3}} | {city=Ulm, geo={lat=1.0, lon=3.0}}",
        "{\"city\": \"Ulm\", \"geo\": {\"lat\": 1, \"lon\": 2}} | {\"geo\": null} | {city=Ulm}",
        "{\"city\": \"Ulm\"} | {}                                | {city=Ulm}",
      })
  void aPatchIsMergedIntoAValue(@Nullable String current, String patch, String merged) {
    List<FieldError> errors = new ArrayList<>();

    Object value = merge(current, patch, errors);

    assertThat(errors).isEmpty();
    assertThat(value.toString()).isEqualTo(merged);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "absent",
      value = {
        "absent              | {\"zip\": \"1\"}          | shipTo.city",
        "absent              | {}                        | shipTo.city",
        "{\"city\": \"Ulm\"} | {\"geo\": {\"lat\": 1}}   | shipTo.geo.lon",
      })
  void aMergedValueHasItsRequiredMembers(@Nullable String current, String patch, String missing) {
    List<FieldError> errors = new ArrayList<>();

    merge(current, patch, errors);

    assertThat(errors).containsExactly(error(missing, "is required"));
  }

  @Test
  void whatWasThereBeforeIsHeldAgainstTheConstraintsOfTheMergedValue() {
    List<FieldError> errors = new ArrayList<>();
    Input.Patch patch = (Input.Patch) patch("{\"city\": \"Ulm\"}");

    InputReader.merge(
        field("shipTo"), Map.of("city", "Bonn", "zip", "123456"), patch, "shipTo", errors);

    assertThat(errors)
        .containsExactly(error("shipTo.zip", "must be at most 5 characters long (it has 6)"));
  }

  private static Object merge(@Nullable String current, String patch, List<FieldError> errors) {
    Field shipTo = field("shipTo");
    Object there =
        InputReader.value(shipTo, current == null ? null : plain(current), "shipTo", errors);
    return InputReader.merge(shipTo, there, (Input.Patch) patch(patch), "shipTo", errors);
  }

  private static Object patch(String json) {
    Input input = read(Mode.MERGE, "{\"shipTo\": " + json + "}");
    return Objects.requireNonNull(input.value(field("shipTo")));
  }

  private static Map<String, @Nullable Object> present(Input input) {
    Map<String, @Nullable Object> present = new LinkedHashMap<>();
    input.forEach((field, value) -> present.put(field.name(), value));
    return present;
  }

  private static Field field(String name) {
    return ORDER.field(name).orElseThrow();
  }

  private static FieldError error(String field, String message) {
    return new FieldError(field, message);
  }

  private static List<FieldError> errors(Mode mode, String body) {
    Problem problem = catchThrowableOfType(Problem.class, () -> read(mode, body));
    assertThat(problem.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
    return problem.details();
  }

  private static Input read(Mode mode, String body) {
    return InputReader.read(ORDER, plain(body), mode);
  }

  private static @Nullable Object plain(String json) {
    return Json.read(json.getBytes(StandardCharsets.UTF_8));
  }
}
