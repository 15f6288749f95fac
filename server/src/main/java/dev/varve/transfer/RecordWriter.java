package dev.varve.transfer;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import dev.varve.kernel.Json;
import dev.varve.kernel.Rfc3339;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.EntityWriter;
import dev.varve.schema.record.JsonValues;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes records to a file, one after the other.
interface RecordWriter extends AutoCloseable {
  void write(Entity entity) throws IOException;

  @Override
  void close() throws IOException;

  static RecordWriter open(Model model, Format format, Path file) throws IOException {
    return switch (format) {
      case CSV -> new Csv(model, file);
      case NDJSON -> new Ndjson(file);
    };
  }

  /// A JSON object a line, with all fields.
  final class Ndjson implements RecordWriter {
    private final OutputStream out;

    Ndjson(Path file) throws IOException {
      this.out = new BufferedOutputStream(Files.newOutputStream(file));
    }

    @Override
    public void write(Entity entity) throws IOException {
      out.write(EntityWriter.render(entity));
      out.write('\n');
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  /// A header, then a record a line. An absent value is an empty cell and an empty text is `""`; lists,
  /// values and JSON are JSON.
  final class Csv implements RecordWriter {
    private final CsvWriter out;
    private final List<Field> fields;

    Csv(Model model, Path file) throws IOException {
      this.out =
          CsvWriter.builder()
              .quoteStrategy(QuoteStrategies.EMPTY)
              .lineDelimiter(LineDelimiter.LF)
              .build(file);
      this.fields = model.fields();
      out.writeRecord(fields.stream().map(Field::name).toList());
    }

    @Override
    public void write(Entity entity) {
      List<@Nullable String> cells = new ArrayList<>(fields.size());
      for (Field field : fields) {
        Object value = entity.value(field);
        cells.add(value == null ? null : cell(field, value));
      }
      out.writeRecord(cells);
    }

    private static String cell(Field field, Object value) {
      if (field.list()) {
        return json(field, value);
      }
      return switch (field.type()) {
        case EnumType _, RelationType _ -> (String) value;
        case ValueType _ -> json(field, value);
        case ScalarType scalar ->
            switch (scalar) {
              case ID, STRING, UUID, EMAIL, URL -> (String) value;
              case INT, LONG, FLOAT, BOOLEAN, DATE -> value.toString();
              case DECIMAL -> ((BigDecimal) value).toPlainString();
              case DATE_TIME -> Rfc3339.text((Instant) value);
              case JSON -> json(field, value);
            };
      };
    }

    private static String json(Field field, Object value) {
      return new String(
          Json.bytes(generator -> JsonValues.write(generator, field, value)),
          StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
