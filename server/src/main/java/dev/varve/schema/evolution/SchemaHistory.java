package dev.varve.schema.evolution;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// All schema versions that were ever applied, and what the names in each of them mean now.
///
/// An event of the log is read through the version that wrote it, so that replaying the log gives the
/// same tables as altering them at each new version did.
public final class SchemaHistory {
  private final List<Schema> versions;
  private final Map<Key, Optional<ModelMapping>> known = new ConcurrentHashMap<>();

  private record Key(int version, String model) {}

  /// @param versions version 1 first; the last one is in force
  public SchemaHistory(List<Schema> versions) {
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("There is no schema version");
    }
    this.versions = List.copyOf(versions);
  }

  /// The number of the version in force.
  public int latest() {
    return versions.size();
  }

  /// The schema in force.
  public Schema now() {
    return versions.getLast();
  }

  /// @param version from 1
  public Schema schema(int version) {
    return versions.get(version - 1);
  }

  /// What became of the model that was called `name` under `version`; empty when there was none.
  public Optional<ModelMapping> model(int version, String name) {
    return known.computeIfAbsent(new Key(version, name), key -> trace(key.version(), key.model()));
  }

  /// Whether there was a model called `name` under `version` that is no more: one that Varve brought, and
  /// that a model of the schema file took the place of.
  public boolean retired(int version, String name) {
    return schema(version).model(name).isPresent() && model(version, name).isEmpty();
  }

  private Optional<ModelMapping> trace(int version, String name) {
    Optional<Model> then = schema(version).model(name);
    List<Model> models = new ArrayList<>();
    for (int at = version; at <= latest(); at++) {
      Optional<Model> model = at == version ? then : after(at, models.getLast());
      if (model.isEmpty()) {
        return Optional.empty();
      }
      models.add(model.get());
    }
    return Optional.of(trace(models));
  }

  private Optional<Model> after(int version, Model before) {
    return Matching.after(schema(version - 1), before, schema(version));
  }

  /// @param models the same model in each version, from the one in question to the one in force
  private static ModelMapping trace(List<Model> models) {
    Model now = models.getLast();
    Map<String, Field> fields = new HashMap<>();
    @Nullable Object[] absent = new @Nullable Object[now.fields().size()];
    for (Field field : now.fields()) {
      List<Field> chain = chain(models, field);
      boolean addedLater = chain.size() < models.size();
      if (!addedLater) {
        fields.put(chain.getFirst().name(), field);
      }
      absent[field.ordinal()] = absent(chain, addedLater);
    }
    return new ModelMapping(models.getFirst(), now, fields, absent);
  }

  /// The same field in each version, from the first in which it continuously exists to the one in force.
  private static List<Field> chain(List<Model> models, Field now) {
    List<Field> chain = new ArrayList<>();
    chain.add(now);
    for (int i = models.size() - 2; i >= 0; i--) {
      Optional<Field> before = Matching.before(models.get(i), chain.getFirst());
      if (before.isEmpty()) {
        break;
      }
      chain.addFirst(before.get());
    }
    return chain;
  }

  /// Follows an empty field through the backfills of its versions.
  private static @Nullable Object absent(List<Field> chain, boolean addedLater) {
    Object value = addedLater ? chain.getFirst().defaultValue().orElse(null) : null;
    for (int i = 1; i < chain.size(); i++) {
      boolean becameRequired = !chain.get(i - 1).required() && chain.get(i).required();
      if (value == null && becameRequired) {
        value = chain.get(i).defaultValue().orElse(null);
      }
    }
    return value;
  }
}
