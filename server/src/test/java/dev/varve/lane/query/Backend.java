package dev.varve.lane.query;

import dev.varve.kernel.Json;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.OlderVersion;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.access.Read;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WriteResult;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import dev.varve.schema.record.InputReader.Mode;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.state.Records;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// Both lanes over a real database, with one reader unless a test says otherwise, and a clock that stands until it is moved.
final class Backend implements AutoCloseable {
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private final OpenEngine engine;
  private final Records records;
  private volatile Instant now = START;

  Backend(Path folder, String schema) {
    this(folder, schema, 1);
  }

  Backend(Path folder, String schema, int readers) {
    DatabaseOptions options = new DatabaseOptions(readers, 64, 16 * 1024, 1L << 30);
    engine = OpenEngine.at(folder, schema, new StandingClock(), options);
    records = new Records(engine.database().dialect(), engine.schema().models());
  }

  private final class StandingClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  Schema schema() {
    return engine.schema();
  }

  Access access() {
    return engine.access();
  }

  Database database() {
    return engine.database();
  }

  Records records() {
    return records;
  }

  Query query() {
    return engine.query();
  }

  Model model(String name) {
    return schema().require(name);
  }

  Instant now() {
    return now;
  }

  void pass(Duration duration) {
    now = now.plus(duration);
  }

  /// A new record.
  ///
  /// @param json with single quotes, `id` among the fields
  /// @return the position of the unit
  long create(String model, String json) {
    return unit(creation(model, json));
  }

  Command creation(String model, String json) {
    Input input = input(model, json, Mode.CREATE);
    String id = (String) input.value(model(model).id());
    return new Command.Create(model(model), String.valueOf(id), true, input);
  }

  /// @param plain as JSON gives it
  Command creation(String model, Map<String, Object> plain) {
    Input input = InputReader.read(model(model), plain, Mode.CREATE);
    return new Command.Create(model(model), String.valueOf(plain.get("id")), true, input);
  }

  long merge(String model, String id, String json) {
    return unit(merging(model, id, json));
  }

  Command merging(String model, String id, String json) {
    return new Command.Merge(model(model), id, input(model, json, Mode.MERGE), Precondition.NONE);
  }

  long delete(String model, String id) {
    return unit(new Command.Delete(model(model), id, Precondition.NONE));
  }

  long restore(String model, String id, long version) {
    return unit(
        new Command.Restore(
            model(model), id, new OlderVersion.Numbered(version), Precondition.NONE));
  }

  /// Several changes as one unit of work, by the operator.
  long unit(Command... commands) {
    UnitOfWork unit =
        new UnitOfWork(
            Arrays.stream(commands)
                .map(command -> access().authorize(Caller.operator("test"), command))
                .toList(),
            "request-" + now,
            Optional.empty());
    return switch (engine.sequencer().submit(unit)) {
      case WriteResult.Written written -> written.outcome().position();
      case WriteResult.Refused refused -> throw refused.problem();
      case WriteResult.Replayed replayed -> replayed.position();
    };
  }

  private Input input(String model, String json, Mode mode) {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return InputReader.read(model(model), Json.read(bytes), mode);
  }

  /// A question about records of a model, by a caller without credentials.
  Question of(String model) {
    return new Question(this, model(model));
  }

  Optional<Versions> versions(String model, String id, int limit, Optional<Long> before) {
    return query()
        .versions(
            access()
                .authorize(Caller.ANONYMOUS, new Read.Versions(model(model), id, limit, before)));
  }

  Optional<Versions> versions(String model, String id) {
    return versions(model, id, 100, Optional.empty());
  }

  /// How many queries have been run.
  long queries() {
    return database().queries();
  }

  @Override
  public void close() {
    engine.close();
  }
}
