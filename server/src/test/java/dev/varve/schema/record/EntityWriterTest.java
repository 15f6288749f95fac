package dev.varve.schema.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.schema.Model;
import dev.varve.schema.sdl.Schemas;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntityWriterTest {
  private static final Model ORDER =
      Schemas.parse(
              """
              type Order @model {
                id: ID!
                note: String
                number: Int
                ratio: Float
                paid: Boolean
                total: Decimal @scale(digits: 2)
                at: DateTime
                on: Date
                status: Status
                customer: Customer
                tags: [String]
                shipTo: Address
                extra: JSON
              }
              type Customer @model { name: String }
              type Address { city: String! zip: String }
              enum Status { DRAFT PAID }
              """)
          .require("Order");
  private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aRecordIsWrittenInTheOrderOfItsModelWithAbsentFieldsAsNull() {
    assertThat(text(EntityWriter.render(order("a1"))))
        .isEqualTo(
            "{\"id\":\"a1\",\"note\":null,\"number\":null,\"ratio\":null,\"paid\":null,\"total\":null,"
                + "\"at\":null,\"on\":null,\"status\":null,\"customer\":null,\"tags\":null,"
                + "\"shipTo\":null,\"extra\":null,\"createdAt\":\"2026-01-01T00:00:00Z\","
                + "\"updatedAt\":\"2026-01-01T00:00:00Z\",\"version\":1}");
  }

  @Test
  void everyTypeHasItsJsonForm() {
    Entity order =
        order(
            "a1",
            "\u00e9 \"\n\ud83d\ude00",
            -3L,
            1.5,
            true,
            new BigDecimal("1000.00"),
            NEW_YEAR.plusNanos(500_000),
            LocalDate.of(2026, 1, 31),
            "PAID",
            "c1",
            Arrays.asList("x", null),
            Map.of("city", "Bonn"),
            List.of(1L, new BigDecimal("1.50"), Map.of("a", false)));

    assertThat(text(EntityWriter.render(order)))
        .startsWith(
            "{\"id\":\"a1\",\"note\":\"\u00e9 \\\"\\n\ud83d\ude00\",\"number\":-3,\"ratio\":1.5,\"paid\":true,"
                + "\"total\":\"1000.00\",\"at\":\"2026-01-01T00:00:00.000500Z\",\"on\":\"2026-01-31\","
                + "\"status\":\"PAID\",\"customer\":\"c1\",\"tags\":[\"x\",null],"
                + "\"shipTo\":{\"city\":\"Bonn\",\"zip\":null},\"extra\":[1,1.50,{\"a\":false}],");
  }

  @Test
  void fieldsThatAreNotVisibleAreLeftOut() {
    byte[] json =
        Json.bytes(
            generator -> EntityWriter.write(generator, order("a1"), field -> field.required()));

    assertThat(text(json))
        .isEqualTo(
            "{\"id\":\"a1\",\"createdAt\":\"2026-01-01T00:00:00Z\","
                + "\"updatedAt\":\"2026-01-01T00:00:00Z\",\"version\":1}");
  }

  private static Entity order(@Nullable Object... given) {
    @Nullable Object[] values = Arrays.copyOf(given, ORDER.fields().size());
    values[ORDER.createdAt().ordinal()] = NEW_YEAR;
    values[ORDER.updatedAt().ordinal()] = NEW_YEAR;
    values[ORDER.version().ordinal()] = 1L;
    return new Entity(ORDER, values);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }
}
