package dev.varve.face.graphql.type;

import dev.varve.kernel.Problem;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;

/// The global id of a record: `User:42`. Ids themselves are those of REST, which need be unique in their model alone.
public record NodeId(Model model, String id) {
  private static final char SEPARATOR = ':';

  public static String of(Entity entity) {
    return entity.model().name() + SEPARATOR + entity.id();
  }

  /// The name of the model in a global id; nothing when there is none.
  public static String model(String text) {
    return text.substring(0, Math.max(0, text.indexOf(SEPARATOR)));
  }

  /// @throws Problem when it is none that this server gives
  public static NodeId parse(Schema schema, String text) {
    String name = model(text);
    Model model =
        schema
            .model(name)
            .orElseThrow(() ->
                Problem.parameter(
                    TypeSystem.ID,
                    "is no global id: give the nodeId of a record, such as %s:42"
                        .formatted(schema.models().getFirst().name())));
    return new NodeId(model, text.substring(name.length() + 1));
  }
}
