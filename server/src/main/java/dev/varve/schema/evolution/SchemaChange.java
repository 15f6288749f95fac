package dev.varve.schema.evolution;

import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import java.util.Optional;

/// One thing that a new schema file does to the stored data. Applied in the order of their [Plan].
public sealed interface SchemaChange {
  /// What it does, in words.
  String sentence();

  /// The fields of `index` in `model` are indexed no more. Both are as they were before.
  record DropIndex(Model model, Index index) implements SchemaChange {
    @Override
    public String sentence() {
      return "Drops the %sindex of %s by %s."
          .formatted(index.unique() ? "unique " : "", model.name(), names(index));
    }
  }

  /// The model has another name, another table, or both; its records stay the same.
  record RenameModel(Model from, Model to) implements SchemaChange {
    @Override
    public String sentence() {
      if (from.name().equals(to.name())) {
        return "Serves %s at /api/%s instead of /api/%s; its records stay the same."
            .formatted(to.name(), to.path(), from.path());
      }
      return "Renames %s to %s, served at /api/%s; its records stay the same."
          .formatted(from.name(), to.name(), to.path());
    }
  }

  /// The model of accounts that Varve brought goes, as the file has one of its own now. Only without
  /// records: whoever has an account would lose it.
  record RetireModel(Model model, Model successor) implements SchemaChange {
    @Override
    public String sentence() {
      return "Removes the model %s, which Varve brought, as %s has the accounts now; it fails if it has records."
          .formatted(model.name(), successor.name());
    }
  }

  /// A new model, with its indexes.
  record AddModel(Model model) implements SchemaChange {
    @Override
    public String sentence() {
      return "Adds the model %s, served at /api/%s.".formatted(model.name(), model.path());
    }
  }

  /// The field has another name; its values stay the same.
  ///
  /// @param model as it is to be
  record RenameField(Model model, Field from, Field to) implements SchemaChange {
    @Override
    public String sentence() {
      return "Renames %s.%s to %s; its values stay the same."
          .formatted(model.name(), from.name(), to.name());
    }
  }

  /// The field and its values go, as `@removed` says.
  ///
  /// @param model as it is to be
  /// @param field as it was
  record RemoveField(Model model, Field field) implements SchemaChange {
    @Override
    public String sentence() {
      return "Removes %s.%s with its values, as @removed says; the log keeps them."
          .formatted(model.name(), field.name());
    }
  }

  /// A new field. All records that are there get its default, past versions included, or nothing.
  record AddField(Model model, Field field) implements SchemaChange {
    /// What records that are there get.
    public Optional<Object> backfill() {
      return field.defaultValue();
    }

    @Override
    public String sentence() {
      String stored =
          backfill()
              .map(value -> "records that are there get " + value)
              .orElse("it is empty in records that are there");
      return "Adds %s.%s (%s); %s.".formatted(model.name(), field.name(), field.typeText(), stored);
    }
  }

  /// The type of the field takes more than before, and all that is stored is of it already.
  ///
  /// @param model as it is to be
  record Widen(Model model, Field from, Field to) implements SchemaChange {
    @Override
    public String sentence() {
      return "Turns %s.%s from %s to %s; its values stay the same."
          .formatted(model.name(), to.name(), from.type().schemaName(), to.type().schemaName());
    }
  }

  /// The field was required and is no more.
  record Loosen(Model model, Field field) implements SchemaChange {
    @Override
    public String sentence() {
      return "Makes %s.%s optional.".formatted(model.name(), field.name());
    }
  }

  /// The field was optional and is required. Where it is empty it gets its default, in past versions too.
  record Require(Model model, Field field) implements SchemaChange {
    /// What records get that have none.
    public Optional<Object> backfill() {
      return field.defaultValue();
    }

    @Override
    public String sentence() {
      return "Makes %s.%s required; records without it get %s."
          .formatted(model.name(), field.name(), backfill().map(String::valueOf).orElse("nothing"));
    }
  }

  /// The texts of the field are kept in lower case from now on; those that are there become so.
  ///
  /// @param model as it is to be
  record LowerCase(Model model, Field field) implements SchemaChange {
    @Override
    public String sentence() {
      return "Turns %s.%s to lower case; it fails if stored ones differ by case only."
          .formatted(model.name(), field.name());
    }
  }

  /// A new index. A unique one cannot be made while records agree in its fields.
  record AddIndex(Model model, Index index) implements SchemaChange {
    @Override
    public String sentence() {
      return index.unique()
          ? "Lets no two records of %s agree in %s; it fails if stored ones do."
              .formatted(model.name(), names(index))
          : "Indexes %s by %s.".formatted(model.name(), names(index));
    }
  }

  /// A change of what is allowed, checked or answered from now on. Stored data stay as they are.
  record NothingStored(String sentence) implements SchemaChange {}

  private static String names(Index index) {
    return String.join(", ", index.fieldNames());
  }
}
