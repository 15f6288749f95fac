package dev.varve.face.graphql.operation;

import dev.varve.face.graphql.document.GraphQlError;
import dev.varve.face.graphql.type.NodeId;
import dev.varve.face.graphql.type.ScalarTypes;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.kernel.Rfc3339;
import dev.varve.lane.access.Read;
import dev.varve.lane.live.Notice;
import dev.varve.lane.query.Cursor;
import dev.varve.lane.query.Item;
import dev.varve.lane.query.Page;
import dev.varve.lane.query.Versions;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.GraphQlNames;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import dev.varve.schema.record.Entity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Shapes what was read into the answer that was asked for. Where a field must not be null and is, the error is kept
/// and the object around it is null (GraphQL specification, section 6.4.4).
///
/// Values come from the arrays of records, by the ordinals of their fields.
final class Completion {
  private final List<GraphQlError> errors;
  private final String hidden;

  /// @param errors gets an entry for each value that is missing
  /// @param hidden what to do about a value that may not be read
  Completion(List<GraphQlError> errors, String hidden) {
    this.errors = errors;
    this.hidden = hidden;
  }

  void add(GraphQlError error) {
    errors.add(error);
  }

  /// Gives the value of one field of an object.
  @FunctionalInterface
  private interface Values {
    @Nullable Object of(CollectedField field, AnswerPath place);
  }

  private @Nullable Object object(
      List<CollectedField> fields, @Nullable AnswerPath place, String type, Values values) {
    @Nullable Object[] shaped = new @Nullable Object[fields.size()];
    for (int i = 0; i < shaped.length; i++) {
      CollectedField field = fields.get(i);
      if (field.isTypename()) {
        shaped[i] = type;
        continue;
      }
      AnswerPath below = new AnswerPath(place, field.key());
      int errorsBefore = errors.size();
      Object value = values.of(field, below);
      if (value == null && field.required()) {
        if (errors.size() == errorsBefore) {
          errors.add(missing(field, below));
        }
        return null;
      }
      shaped[i] = value;
    }
    return new ResultObject(fields, shaped);
  }

  private GraphQlError missing(CollectedField field, AnswerPath place) {
    Problem problem =
        new Problem(
            ErrorCode.FORBIDDEN,
            "%s.%s is not yours to read%s".formatted(field.type(), field.name(), hidden));
    return GraphQlError.of(
        problem, Optional.ofNullable(field.node().getSourceLocation()), place.path());
  }

  private <T> @Nullable Object list(List<T> elements, AnswerPath place, Element<T> element) {
    List<Object> shaped = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      Object value = element.of(elements.get(i), new AnswerPath(place, (long) i));
      if (value == null) {
        // no list of objects has null in it
        return null;
      }
      shaped.add(value);
    }
    return shaped;
  }

  /// Gives one element of a list.
  @FunctionalInterface
  private interface Element<T> {
    @Nullable Object of(T element, AnswerPath place);
  }

  /// The answer as a whole.
  @Nullable Object root(List<CollectedField> fields, String type, Map<CollectedField, Root> roots) {
    return object(
        fields,
        null,
        type,
        (field, place) -> {
          Root root = roots.get(field);
          return root == null ? null : root.value(this, place);
        });
  }

  /// A field at the root, once it is known.
  @FunctionalInterface
  interface Root {
    @Nullable Object value(Completion completion, AnswerPath place);
  }

  @Nullable Object record(CollectedField field, Item item, AnswerPath place) {
    return record(field.children(), item, place);
  }

  @Nullable Object records(CollectedField field, List<Item> items, AnswerPath place) {
    return list(items, place, (item, below) -> record(field.children(), item, below));
  }

  private @Nullable Object record(List<CollectedField> fields, Item item, AnswerPath place) {
    Entity entity = item.entity();
    return object(
        fields, place, entity.model().name(), (field, below) -> value(field, item, entity, below));
  }

  private @Nullable Object value(
      CollectedField selected, Item item, Entity entity, AnswerPath place) {
    Field field = entity.model().fieldOrNull(selected.name());
    if (field == null) {
      return Planner.isNodeId(selected) ? NodeId.of(entity) : related(selected, item, place);
    }
    if (field.type() instanceof RelationType) {
      return related(selected, item, place);
    }
    return item.visible().test(field) ? stored(field, entity.value(field), selected, place) : null;
  }

  private @Nullable Object related(CollectedField selected, Item item, AnswerPath place) {
    return switch (item.related().get(selected.slot())) {
      case Item.Related.One(Optional<Item> one) ->
          one.isPresent() ? record(selected.children(), one.get(), place) : null;
      case Item.Related.Many(List<Item> items, Optional<Read.Key> _) ->
          list(items, place, (each, below) -> record(selected.children(), each, below));
      case null -> null;
    };
  }

  private @Nullable Object stored(
      Field field, @Nullable Object value, CollectedField selected, AnswerPath place) {
    if (value == null || !field.list()) {
      return value == null ? null : single(field, value, selected, place);
    }
    List<@Nullable Object> elements = new ArrayList<>();
    for (Object element : (List<?>) value) {
      AnswerPath below = new AnswerPath(place, (long) elements.size());
      elements.add(element == null ? null : single(field, element, selected, below));
    }
    return elements;
  }

  private @Nullable Object single(
      Field field, Object value, CollectedField selected, AnswerPath place) {
    return switch (field.type()) {
      case ScalarType scalar -> ScalarTypes.shown(scalar, value);
      case EnumType _, RelationType _ -> value;
      case ValueType type -> {
        Map<?, ?> members = (Map<?, ?>) value;
        yield object(
            selected.children(),
            place,
            type.schemaName(),
            (member, below) -> {
              Field of = type.field(member.name()).orElseThrow();
              return stored(of, members.get(member.name()), member, below);
            });
      }
    };
  }

  /// A page with cursors.
  @Nullable Object connection(CollectedField field, Read.Page read, Page page, AnswerPath place) {
    return object(
        field.children(),
        place,
        GraphQlNames.connection(read.model()),
        (part, below) ->
            switch (part.name()) {
              case Connections.NODES -> records(part, page.items(), below);
              case Connections.EDGES ->
                  list(page.items(), below, (item, at) -> edge(part, read, item, at));
              case Connections.PAGE_INFO -> pageInfo(part, read, page, below);
              case Connections.TOTAL_COUNT -> page.count().orElse(0);
              default -> throw new IllegalStateException(part.name());
            });
  }

  private @Nullable Object edge(CollectedField edges, Read.Page read, Item item, AnswerPath place) {
    return object(
        edges.children(),
        place,
        GraphQlNames.edge(read.model()),
        (part, below) ->
            part.name().equals(Connections.CURSOR)
                ? cursor(read, item)
                : record(part, item, below));
  }

  private static String cursor(Read.Page read, Item item) {
    return Cursor.text(read.model(), read.sort(), Cursor.key(read.sort(), item.entity()));
  }

  private @Nullable Object pageInfo(
      CollectedField info, Read.Page read, Page page, AnswerPath place) {
    List<Item> items = page.items();
    return object(
        info.children(),
        place,
        "PageInfo",
        (part, _) ->
            switch (part.name()) {
              case "hasNextPage" -> page.next().isPresent();
              case "hasPreviousPage" -> read.after().isPresent();
              case "startCursor" -> items.isEmpty() ? null : cursor(read, items.getFirst());
              case "endCursor" -> items.isEmpty() ? null : cursor(read, items.getLast());
              default -> throw new IllegalStateException(part.name());
            });
  }

  /// The versions of a record.
  @Nullable Object versions(CollectedField field, Versions versions, AnswerPath place) {
    return list(
        versions.versions(),
        place,
        (version, below) ->
            object(
                field.children(),
                below,
                versionType(version),
                (part, at) -> part(part, version, at)));
  }

  private static String versionType(Versions.Version version) {
    Model model = version.item().entity().model();
    return GraphQlNames.version(model);
  }

  /// What a subscription tells.
  ///
  /// @param record as it is shown; absent when there is none
  @Nullable Object change(
      CollectedField field, Notice notice, Optional<Item> record, AnswerPath place) {
    return object(
        field.children(),
        place,
        GraphQlNames.change(notice.model()),
        (part, below) -> part(part, notice, record, below));
  }

  private @Nullable Object part(
      CollectedField part, Notice notice, Optional<Item> record, AnswerPath place) {
    Optional<Notice.Changed> change =
        notice instanceof Notice.Changed changed ? Optional.of(changed) : Optional.empty();
    return switch (part.name()) {
      case "position" -> notice.place().position();
      case "index" -> notice.place().index();
      case "cursor" -> notice.place().text();
      case "operation" -> change.map(changed -> changed.kind().name()).orElse("GONE");
      case "id" -> notice.id();
      case "at" -> change.map(changed -> Rfc3339.text(changed.at())).orElse(null);
      case "actor" -> change.map(Notice.Changed::actor).orElse(null);
      case "changed" -> change.map(Notice.Changed::changed).orElse(List.of());
      case "record" -> record.isPresent() ? record(part, record.get(), place) : null;
      default -> throw new IllegalStateException(part.name());
    };
  }

  private @Nullable Object part(CollectedField part, Versions.Version version, AnswerPath place) {
    return switch (part.name()) {
      case "version" -> version.version();
      case "operation" -> version.kind().name();
      case "position" -> version.position();
      case "at" -> Rfc3339.text(version.at());
      case "actor" -> version.actor();
      case "requestId" -> version.requestId();
      case "changed" -> version.changed();
      case "record" -> record(part, version.item(), place);
      default -> throw new IllegalStateException(part.name());
    };
  }
}
