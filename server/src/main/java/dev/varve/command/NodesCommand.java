package dev.varve.command;

import dev.varve.kernel.Problem;
import dev.varve.kernel.Rfc3339;
import dev.varve.kernel.UserMistake;
import dev.varve.store.follow.LostEnds;
import dev.varve.store.follow.NextEpoch;
import dev.varve.store.follow.NodeRows;
import dev.varve.store.follow.SharedClock;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.LogEpochs;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StorageException;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.SchemaVersions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `varve nodes`: who serves an application, and whether all of them know the same log.
@Command(
    name = "nodes",
    description = "Lists the nodes that serve an application on PostgreSQL.",
    footer = {
      "",
      "Each node tells of itself every two seconds. One that is SILENT has not done so for six: it has ended, or has",
      "lost the database. SCHEMA is the version that it serves, FILE the one that its own schema file is: an",
      "older one is not applied, and does no harm until somebody deploys the newest.",
      "",
      "Where the database has lost the end of the log, as by a failover to a standby that was behind, it says so: no node",
      "writes until that is accepted.",
      "",
      "Example:",
      "  varve nodes shop",
      "  varve nodes accept shop"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class NodesCommand implements Callable<Integer> {
  // a command of its own may stand in its place
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "APP",
      description = "The folder of the application: the one that holds schema.graphql.")
  private @Nullable Path folder;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the data are kept. By default in APP/.varve.")
  private @Nullable Path data;

  @Spec private CommandSpec spec;

  /// What the database tells of them at one moment.
  private record Told(
      List<NodeRows.Node> nodes, int newestSchema, LogEpochs epochs, List<LostEnds.LostEnd> lost) {
    static Told of(Session session) throws SQLException {
      LogEpochs epochs = new LogEpochs();
      epochs.read(session);
      return new Told(
          NodeRows.all(session), SchemaVersions.newest(session), epochs, LostEnds.all(session));
    }
  }

  @Override
  public Integer call() {
    if (folder == null) {
      throw new ParameterException(spec.commandLine(), "Missing required parameter: 'APP'");
    }
    AppFolder app = AppFolder.at(folder, data);
    PrintWriter out = spec.commandLine().getOut();
    try (Database database = AppData.toRead(app)) {
      if (!isShared(database, out)) {
        return 0;
      }
      Told told = database.lookup(Told::of);
      printNodes(told.nodes(), told.newestSchema(), out);
      if (told.epochs().gap().isEmpty()) {
        return 0;
      }
      out.println();
      printLost(told, told.epochs().gap().get(), app, out);
      return 1;
    }
  }

  private static boolean isShared(Database database, PrintWriter out) {
    if (!database.isShared()) {
      out.println("The data are in a file, which one process serves. Set database.url for more.");
    }
    return database.isShared();
  }

  private static void printNodes(List<NodeRows.Node> nodes, int newestSchema, PrintWriter out) {
    if (nodes.isEmpty()) {
      out.println("No node serves the data.");
      return;
    }
    Instant now = Clock.systemUTC().instant();
    out.printf(
        "%-7s %-16s %-32s %-18s %6s %6s %6s %12s  %s%n",
        "STATUS", "NAME", "ADDRESS", "PROGRAM", "FORMAT", "SCHEMA", "FILE", "POSITION", "SEEN");
    for (NodeRows.Node node : nodes) {
      out.printf(
          "%-7s %-16s %-32s %-18s %6s %6d %6s %12d  %d s ago%n",
          node.isWell(now) ? "UP" : "SILENT",
          node.name().isEmpty() ? "-" : node.name(),
          node.address(),
          node.program(),
          shown(node.format()),
          node.schemaVersion(),
          shown(node.fileVersion()),
          node.position(),
          Math.max(0, Duration.between(node.seenAt(), now).toSeconds()));
    }
    advise(out, nodes, newestSchema);
  }

  private static String shown(int number) {
    return number == 0 ? "-" : Integer.toString(number);
  }

  private static void advise(PrintWriter out, List<NodeRows.Node> nodes, int newest) {
    if (nodes.stream().anyMatch(NodeRows.Node::isBehind)) {
      out.printf(
          "The data have schema version %d, which nodes with an older FILE serve, too: deploy the newest file to them.%n",
          newest);
    }
    if (nodes.stream().anyMatch(node -> node.schemaVersion() < newest)) {
      out.printf(
          "A node that serves an older SCHEMA than version %d takes no writes: if it stays so, its log says why.%n",
          newest);
    }
  }

  private static void printLost(Told told, LogEpochs.Gap gap, AppFolder app, PrintWriter out) {
    out.printf(
        "LOST: the log has nothing behind position %d of what these have known. No node writes.%n%n",
        gap.kept());
    out.printf("%12s  %-27s %-32s %s%n", "POSITION", "WRITTEN", "KNOWN TO", "NOTICED");
    for (LostEnds.LostEnd lost : told.lost()) {
      out.printf(
          "%12d  %-27s %-32s %s%n",
          lost.end().position(),
          Rfc3339.text(lost.end().at()),
          lost.address().isEmpty() ? "a node that was starting" : lost.address(),
          Rfc3339.text(lost.noticedAt()));
    }
    out.printf(
        "%nThe server that had %s may still be there: bring it back in place of this one, and%n"
            + "the nodes write on by themselves. Or give up what is lost, for good:%n%n"
            + "  varve nodes accept %s --behind %d%n",
        gap.text(), app.folder(), gap.kept());
  }

  @Command(
      name = "accept",
      description =
          "Accepts that the database has lost the end of the log, so that nodes write again.",
      footer = {
        "",
        "Without --behind it shows what is lost, and changes nothing. What is given up was answered to clients, and is",
        "gone for good: records, sign-ins, and all else that was written with it. The log goes on in a new epoch; clients",
        "that name a position which is lost are refused, and told from where to read on.",
        "",
        "Example:",
        "  varve nodes accept shop",
        "  varve nodes accept shop --behind 4711"
      })
  int accept(
      @Mixin AppFolder app,
      @Option(
              names = "--behind",
              paramLabel = "POSITION",
              description =
                  "Gives up all that was behind this position, the last one that the log has kept.")
          @Nullable Long behind) {
    PrintWriter out = spec.commandLine().getOut();
    try (AppData data = AppData.hold(app)) {
      Database database = data.migrated().database();
      if (!isShared(database, out)) {
        return 0;
      }
      Told told = database.lookup(Told::of);
      if (told.epochs().gap().isEmpty()) {
        out.println("Nothing of the log is lost: there is nothing to accept.");
        return behind == null ? 0 : 1;
      }
      if (behind == null) {
        printLost(told, told.epochs().gap().get(), app, out);
        return 1;
      }
      LogEpochs.Epoch next = begin(database, behind);
      out.printf(
          "Accepted: the log goes on behind position %d, in epoch %d. %,d units are given up. All nodes write again.%n",
          next.kept(), next.number(), next.lost() - next.kept());
      return 0;
    }
  }

  private static LogEpochs.Epoch begin(Database database, long behind) {
    try {
      return NextEpoch.begin(
          new EventLog(database),
          AppliedSchema.stored(database).version(),
          behind,
          SharedClock.at(database, Clock.systemUTC()));
    } catch (Problem problem) {
      throw new UserMistake(List.of(problem.text()));
    } catch (SQLException e) {
      throw new StorageException("It may not have been accepted: look again with `varve nodes`", e);
    }
  }
}
