package dev.varve.schema.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.schema.Field;
import dev.varve.schema.record.InputReader.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class JsonValuesTest {
  @Property(tries = 300)
  void aValueIsReadBackFromItsJson(@ForAll("entities") Entity entity) {
    for (Field field : entity.model().fields()) {
      Object value = entity.value(field);
      Object plain = Json.read(Json.bytes(json -> JsonValues.write(json, field, value)));

      assertThat(JsonValues.read(field, plain)).isEqualTo(value);
    }
  }

  @Property(tries = 300)
  void aCallerMayGiveBackWhatIsWritten(@ForAll("entities") Entity entity) {
    Map<?, ?> plain = (Map<?, ?>) Json.read(EntityWriter.render(entity));
    List<FieldError> errors = new ArrayList<>();
    for (Field field : entity.model().fields()) {
      Object given = plain == null ? null : plain.get(field.name());

      assertThat(InputReader.value(field, given, field.name(), errors))
          .isEqualTo(entity.value(field));
    }
    assertThat(errors).isEmpty();
  }

  @Property(tries = 300)
  void aRecordPutBackIsTheSameRecord(@ForAll("entities") Entity entity) {
    @Nullable Object plain = Json.read(EntityWriter.render(entity));

    Input input = InputReader.read(entity.model(), plain, Mode.REPLACE);

    for (Field field : entity.model().fields()) {
      assertThat(input.has(field)).isTrue();
      assertThat(input.value(field)).isEqualTo(entity.value(field));
    }
  }

  @Provide
  Arbitrary<Entity> entities() {
    return AnyEntity.entities();
  }
}
