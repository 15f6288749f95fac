package dev.varve.face.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Read;
import dev.varve.lane.query.Cursor;
import dev.varve.net.http.QueryString;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.sdl.Schemas;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CursorTest {
  private final Schema schema = Schemas.parse(Shop.SCHEMA);
  private final Model model = schema.require("Product");

  private List<Read.Sort> sorts(String... names) {
    List<Read.Sort> sorts = new ArrayList<>();
    for (String name : names) {
      sorts.add(new Read.Sort(model.field(name).orElseThrow(), false));
    }
    return sorts;
  }

  private static Parameters cursor(String text) {
    return new Parameters(
        List.of(new QueryString.Parameter("cursor", text)), new ParameterErrors());
  }

  private Optional<Read.Key> read(List<Read.Sort> sorts, String text) {
    Parameters parameters = cursor(text);
    Optional<Read.Key> key = CursorParameter.take(model, Optional.of(sorts), parameters);
    parameters.errors().throwIfAny();
    return key;
  }

  private void holds(String field, @Nullable Object value) {
    List<@Nullable Object> values = new ArrayList<>();
    values.add(value);
    Read.Key key = new Read.Key(values, "id-\u00fc-\ud83d\ude00");
    List<Read.Sort> sorts = sorts(field);
    assertThat(read(sorts, Cursor.text(model, sorts, key))).as(field).contains(key);
  }

  @Test
  void aCursorHoldsValuesOfEveryType() {
    holds("name", "text with \"quotes\" and \u20ac");
    holds("price", new BigDecimal("-19.90"));
    holds("weight", 0.1);
    holds("stock", Long.MIN_VALUE);
    holds("since", LocalDate.parse("0001-01-01"));
    holds("seen", Instant.parse("2026-01-31T09:30:00.000001Z"));
    holds("published", true);
    holds("page", null);
  }

  /// The checksum is no secret, so that anybody can make one. No record has such a text, and not every database takes one.
  @Test
  void aCursorWithACharacterThatNoTextHasIsRefused() {
    List<Read.Sort> sorts = sorts("name");
    for (Read.Key key :
        List.of(new Read.Key(List.of("a\0b"), "p1"), new Read.Key(List.of("a"), "p\0001"))) {
      String text = Cursor.text(model, sorts, key);
      Problem problem = catchThrowableOfType(Problem.class, () -> read(sorts, text));
      assertThat(problem).isNotNull();
      assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_CURSOR);
    }
  }

  @Test
  void noDamageIsTakenForACursor() {
    List<Read.Sort> sorts = sorts("price", "seen");
    Read.Key key =
        new Read.Key(List.of(new BigDecimal("1.50"), Instant.parse("2026-01-31T09:30:00Z")), "p1");
    String text = Cursor.text(model, sorts, key);
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      int at = random.nextInt(text.length());
      char other = "ABCxyz019-_=%. é".charAt(random.nextInt(16));
      String damaged = text.substring(0, at) + other + text.substring(at + 1);
      Problem problem = catchThrowableOfType(Problem.class, () -> read(sorts, damaged));
      // the last character may hold bits that mean nothing
      assertThat(problem != null || read(sorts, damaged).equals(Optional.of(key)))
          .as(damaged)
          .isTrue();
    }
  }
}
