package dev.varve.command;

import dev.varve.store.follow.NodeRows;
import dev.varve.store.sql.Database;
import dev.varve.store.state.SchemaVersions;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `varve nodes`: who serves an application.
@Command(
    name = "nodes",
    description = "Lists the nodes that serve an application on PostgreSQL.",
    footer = {
      "",
      "Each node tells of itself every two seconds. One that is SILENT has not done so for six: it has ended, or has",
      "lost the database. SCHEMA is the version that it serves, FILE the one that its own schema file is: an",
      "older one is not applied, and does no harm until somebody deploys the newest.",
      "",
      "Example:",
      "  varve nodes shop"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class NodesCommand implements Callable<Integer> {
  @Mixin private AppFolder app;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (Database database = AppData.toRead(app)) {
      if (!database.isShared()) {
        out.println("The data are in a file, which one process serves. Set database.url for more.");
        return 0;
      }
      List<NodeRows.Node> nodes = database.read(NodeRows::all);
      if (nodes.isEmpty()) {
        out.println("No node serves the data.");
        return 0;
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
      advise(out, nodes, database.read(SchemaVersions::newest));
      return 0;
    }
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
}
