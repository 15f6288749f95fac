package dev.varve.command;

import dev.varve.store.follow.NodeRows;
import dev.varve.store.sql.Database;
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
      "lost the database.",
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
          "%-7s %-16s %-32s %-18s %6s %12s  %s%n",
          "STATUS", "NAME", "ADDRESS", "PROGRAM", "SCHEMA", "POSITION", "SEEN");
      for (NodeRows.Node node : nodes) {
        out.printf(
            "%-7s %-16s %-32s %-18s %6d %12d  %d s ago%n",
            node.isWell(now) ? "UP" : "SILENT",
            node.name().isEmpty() ? "-" : node.name(),
            node.address(),
            node.program(),
            node.schemaVersion(),
            node.position(),
            Math.max(0, Duration.between(node.seenAt(), now).toSeconds()));
      }
      return 0;
    }
  }
}
