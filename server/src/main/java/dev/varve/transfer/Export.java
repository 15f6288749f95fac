package dev.varve.transfer;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.query.Item;
import dev.varve.lane.query.Page;
import dev.varve.lane.query.Query;
import dev.varve.schema.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/// Writes the records of models to files, a file a model, all as of one position of the log.
///
/// What [Import] reads from these files into an empty application is the same data.
public final class Export {
  private static final Caller CALLER = Caller.operator("export");
  // a page is held in memory as a whole
  private static final int PAGE_RECORDS = 500;

  private final Access access;
  private final Query query;

  public Export(Access access, Query query) {
    this.access = access;
    this.query = query;
  }

  /// Is told how an export goes on.
  @FunctionalInterface
  public interface Listener {
    /// @param done records of the model that are written
    /// @param all records that the model has
    void wrote(Model model, long done, long all);
  }

  /// A file that was written.
  public record Exported(Model model, Path file, long records) {}

  /// The moment in a form that means the same for every read to come.
  ///
  /// @throws Problem with INVALID_PARAMETER when it is past and a model keeps no history, with
  ///     INVALID_INSTANT when it is yet to come
  public Moment settle(List<Model> models, Moment moment) {
    List<String> forgetful =
        models.stream().filter(model -> !model.history()).map(Model::name).toList();
    if (!forgetful.isEmpty() && !(moment instanceof Moment.Now)) {
      throw new Problem(
          ErrorCode.INVALID_PARAMETER,
          "%s keeps no history (@model(history: false)), so its past cannot be exported: name the models that you want"
              .formatted(String.join(", ", forgetful)));
    }
    return models.stream()
        .filter(Model::history)
        .findFirst()
        .<Moment>map(
            model -> new Moment.AtPosition(page(model, moment, Optional.empty(), 1).position()))
        .orElse(Moment.NOW);
  }

  /// Writes the records of one model, by id. The file is there when all of it is written, not before.
  ///
  /// @param folder made where it is missing
  /// @param moment from [#settle]; a model without history is always read as it is
  public Exported write(Model model, Format format, Path folder, Moment moment, Listener listener)
      throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(model.name() + "." + format.ending());
    Path part = folder.resolve(file.getFileName() + ".part");
    long records;
    try {
      try (RecordWriter writer = RecordWriter.open(model, format, part)) {
        records = write(model, model.history() ? moment : Moment.NOW, writer, listener);
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
    return new Exported(model, file, records);
  }

  private long write(Model model, Moment moment, RecordWriter writer, Listener listener)
      throws IOException {
    Page page = page(model, moment, Optional.empty(), PAGE_RECORDS);
    long all = page.count().orElseThrow();
    long done = 0;
    while (true) {
      for (Item item : page.items()) {
        writer.write(item.entity());
      }
      done += page.items().size();
      listener.wrote(model, done, Math.max(done, all));
      if (page.next().isEmpty()) {
        return done;
      }
      page = page(model, moment, page.next(), PAGE_RECORDS);
    }
  }

  private Page page(Model model, Moment moment, Optional<Read.Key> after, int limit) {
    return query.list(
        access.authorize(
            CALLER,
            new Read.Page(
                model,
                moment,
                Selection.ALL,
                Optional.empty(),
                List.of(),
                limit,
                after,
                after.isEmpty())));
  }
}
