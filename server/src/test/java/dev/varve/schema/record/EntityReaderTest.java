package dev.varve.schema.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.schema.Field;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EntityReaderTest {
  @Property(tries = 300)
  void aRecordIsReadBackFromItsJson(@ForAll("entities") Entity entity) {
    assertThat(read(entity)).isEqualTo(entity).hasSameHashCodeAs(entity);
    assertThat(read(entity).bytes()).isEqualTo(entity.bytes());
  }

  @Property(tries = 100)
  void eachValueIsReadAloneAndInAnyOrder(@ForAll("entities") Entity entity, @ForAll Random random) {
    List<Field> fields = new ArrayList<>(entity.model().fields());
    Collections.shuffle(fields, random);
    Entity read = read(entity);
    for (Field field : fields) {
      assertThat(read.value(field)).isEqualTo(entity.value(field));
      assertThat(read(entity).value(field)).isEqualTo(entity.value(field));
    }
    assertThat(read.version()).isEqualTo(entity.version());
  }

  @Property(tries = 100)
  void itIsRenderedAsBefore(@ForAll("entities") Entity entity) {
    assertThat(EntityWriter.render(read(entity))).isEqualTo(EntityWriter.render(entity));
  }

  private static Entity read(Entity entity) {
    return EntityReader.entity(entity.model(), EntityWriter.render(entity), entity.version());
  }

  @Provide
  Arbitrary<Entity> entities() {
    return AnyEntity.entities();
  }
}
