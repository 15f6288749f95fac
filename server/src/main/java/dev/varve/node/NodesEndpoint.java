package dev.varve.node;

import dev.varve.kernel.Json;
import dev.varve.kernel.Rfc3339;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Health;
import dev.varve.net.http.Operators;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.store.follow.LostEnds;
import dev.varve.store.follow.NodeRows;
import dev.varve.store.log.LogEpochs;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `GET /health/nodes`: the nodes that serve the same database, for operators. Where the data are in a file there is one, which
/// is not told of.
///
/// ```
/// {"epoch": 1,
///  "nodes": [{"id": "018f...", "name": "web-1", "address": "http://10.0.0.5:8080", "program": "0.1.0", "status": "UP", "schemaVersion": 3,
///   "fileVersion": 2, "behind": true, "format": 1, "position": 4711, "startedAt": "2026-03-01T09:30:00Z", "seenAt": "2026-03-01T12:00:00Z"}],
///  "lost": {"kept": 4711, "upTo": 4720, "ends": [{"address": "http://10.0.0.5:8080", "epoch": 1, "position": 4720,
///   "at": "2026-03-01T11:59:58Z", "noticedAt": "2026-03-01T12:00:00Z"}]}}
/// ```
///
/// A node is UP that told of itself in the last seconds, and SILENT otherwise. It is behind when its own schema file is one that was
/// left behind. `lost` is there while nothing is written because the database has lost the end of the log.
final class NodesEndpoint {
  static final String PATH = "/health/nodes";

  private static final List<Member> MEMBERS =
      List.of(
          Member.text("id"),
          Member.text("name"),
          Member.text("address"),
          Member.text("program"),
          Member.text("status"),
          Member.of("schemaVersion", new Route.Type.Count()),
          Member.of("fileVersion", new Route.Type.Count()),
          Member.of("behind", new Route.Type.Truth()),
          Member.of("format", new Route.Type.Count()),
          Member.of("position", new Route.Type.Count()),
          Member.instant("startedAt"),
          Member.instant("seenAt"));

  private final Database database;
  private final Clock clock;
  private final Operators operators;

  NodesEndpoint(Database database, Clock clock, Operators operators) {
    this.database = database;
    this.clock = clock;
    this.operators = operators;
  }

  Route route() {
    return new Route(
        "GET",
        PATH,
        this::answer,
        new Route.Operation(
            "nodes",
            Health.TAG,
            "The nodes that serve the same database",
            "Each tells of itself every two seconds, and is SILENT when it has not for six. For operators: programs on this machine, and whoever sends the token of `VARVE_TELEMETRY_TOKEN` as `Authorization: Bearer`. Where the data are in a file there is one process, which is not listed.",
            Route.Caller.ANYBODY,
            new Route.Objects(
                List.of(), 200, List.of(Member.of("nodes", new Route.Type.Objects(MEMBERS))))));
  }

  private Answer answer(Request request) {
    operators.require(request, "What is known of nodes is");
    Map<String, Object> told =
        database.isShared() ? database.lookup(this::told) : Map.of("nodes", List.of());
    return Answer.json(200, Json.bytes(json -> Json.write(json, told)));
  }

  private Map<String, Object> told(Session session) throws SQLException {
    Instant now = clock.instant();
    LogEpochs epochs = new LogEpochs();
    epochs.read(session);
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("epoch", epochs.current());
    told.put("nodes", NodeRows.all(session).stream().<Object>map(node -> told(node, now)).toList());
    if (epochs.gap().isPresent()) {
      told.put("lost", told(epochs.gap().get(), LostEnds.all(session)));
    }
    return told;
  }

  private static Map<String, Object> told(LogEpochs.Gap gap, List<LostEnds.LostEnd> ends) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("kept", gap.kept());
    told.put("upTo", gap.lost());
    told.put("ends", ends.stream().<Object>map(NodesEndpoint::told).toList());
    return told;
  }

  private static Map<String, Object> told(LostEnds.LostEnd lost) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("address", lost.address());
    told.put("epoch", lost.epoch());
    told.put("position", lost.end().position());
    told.put("at", Rfc3339.text(lost.end().at()));
    told.put("noticedAt", Rfc3339.text(lost.noticedAt()));
    return told;
  }

  private static Map<String, Object> told(NodeRows.Node node, Instant now) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("id", node.id());
    told.put("name", node.name());
    told.put("address", node.address());
    told.put("program", node.program());
    told.put("status", node.isWell(now) ? "UP" : "SILENT");
    told.put("schemaVersion", node.schemaVersion());
    told.put("fileVersion", node.fileVersion());
    told.put("behind", node.isBehind());
    told.put("format", node.format());
    told.put("position", node.position());
    told.put("startedAt", Rfc3339.text(node.startedAt()));
    told.put("seenAt", Rfc3339.text(node.seenAt()));
    return told;
  }
}
