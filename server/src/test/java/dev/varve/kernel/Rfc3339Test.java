package dev.varve.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {
  @ParameterizedTest
  @CsvSource({
    "2026-01-01T00:00:00Z, 2026-01-01T00:00:00Z",
    "2026-01-01t00:00:00z, 2026-01-01T00:00:00Z",
    "2026-01-01T01:30:00+01:30, 2026-01-01T00:00:00Z",
    "2025-12-31T19:00:00-05:00, 2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00-00:00, 2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.5Z, 2026-01-01T00:00:00.500Z",
    "2026-01-01T00:00:00.1234567899999Z, 2026-01-01T00:00:00.123456Z",
    "1969-12-31T23:59:59.9999999Z, 1969-12-31T23:59:59.999999Z",
    "2024-02-29T12:00:00Z, 2024-02-29T12:00:00Z",
    "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z, 9999-12-31T23:59:59.999999Z"
  })
  void instantsAreReadWithAnyOffsetAndTruncatedToMicroseconds(String text, String utc) {
    assertThat(Rfc3339.instant(text)).isEqualTo(Instant.parse(utc));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00Z",
        "2026-01-01 00:00:00Z",
        "2026-1-01T00:00:00Z",
        "2026/01/01T00:00:00Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00,5Z",
        "2026-01-01T00:00:00ZZ",
        "2026-01-01T00:00:00Z[UTC]",
        "2026-01-01T00:00:00+0100",
        "2026-01-01T00:00:00+01",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+01:60",
        "2026-01-01T00:00:00*01:00",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T23:59:60Z",
        "2026-01-01T00-00:00Z",
        "2026-01-01T00:00-00Z",
        "2026-00-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "-001-01-01T00:00:00Z",
        "+002026-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "\u0662026-01-01T00:00:00Z",
        "2026-01-01T00:00:00.\u0665Z"
      })
  void whatIsNoInstantIsNull(String text) {
    assertThat(Rfc3339.instant(text)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-02-29",
        "2026-00-01",
        "2026-13-01",
        "2026-1-1",
        "20260101",
        "0000-01-01"
      })
  void whatIsNoDateIsNull(String text) {
    assertThat(Rfc3339.date(text)).isNull();
  }

  @Test
  void datesReachFromYearOneToYear9999() {
    assertThat(Rfc3339.date("0001-01-01")).isEqualTo(LocalDate.of(1, 1, 1));
    assertThat(Rfc3339.date("9999-12-31")).isEqualTo(LocalDate.of(9999, 12, 31));
  }

  @Property
  void everyDateIsReadBack(@ForAll("days") LocalDate date) {
    assertThat(Rfc3339.date(date.toString())).isEqualTo(date);
  }

  @Property
  void textIsThatOfInstantAndIsReadBack(@ForAll("instants") Instant instant) {
    assertThat(Rfc3339.text(instant)).isEqualTo(instant.toString());
    assertThat(Rfc3339.instant(Rfc3339.text(instant))).isEqualTo(instant);
  }

  @Property
  void offsetsAreReadAsByTheStandardLibrary(
      @ForAll("instants") Instant instant, @ForAll @IntRange(min = -1079, max = 1079) int minutes) {
    OffsetDateTime time = instant.atOffset(ZoneOffset.ofTotalSeconds(minutes * 60));
    if (time.getYear() < 1 || time.getYear() > 9999 || time.getSecond() == 0) {
      return; // OffsetDateTime writes no seconds when there are none
    }

    assertThat(Rfc3339.instant(time.toString())).isEqualTo(instant);
  }

  @Provide
  Arbitrary<LocalDate> days() {
    return Arbitraries.longs()
        .between(LocalDate.of(1, 1, 1).toEpochDay(), LocalDate.of(9999, 12, 31).toEpochDay())
        .map(LocalDate::ofEpochDay);
  }

  @Provide
  Arbitrary<Instant> instants() {
    Arbitrary<Long> seconds =
        Arbitraries.longs()
            .between(
                Instant.parse("0001-01-01T00:00:00Z").getEpochSecond(),
                Instant.parse("9999-12-31T23:59:59Z").getEpochSecond());
    Arbitrary<Integer> micros =
        Arbitraries.oneOf(
            Arbitraries.just(0),
            Arbitraries.integers().between(0, 999).map(millis -> millis * 1_000),
            Arbitraries.integers().between(0, 999_999));
    return seconds.flatMap(second ->
        micros.map(micro -> Instant.ofEpochSecond(second).plus(micro, ChronoUnit.MICROS)));
  }
}
