package dev.varve.face.rest;

import dev.varve.kernel.Ids;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.net.edge.HttpFixture;
import dev.varve.net.edge.HttpServer;
import dev.varve.net.edge.HttpSettings;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Routes;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A server over real storage whose callers say who they are and are believed: for tests of rules, which
/// do not care how somebody signed in.
///
/// `Authorization: Account ada` is the account with the id `ada`, with the roles of its record;
/// `Authorization: Machine staff,admin` is a program with these roles.
final class KnownCallers implements AutoCloseable {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final OpenEngine engine;
  private final HttpServer server;

  KnownCallers(Path data, String schema) {
    Clock clock = Clock.systemUTC();
    Ids ids = new Ids(clock, new SecureRandom());
    engine = OpenEngine.at(data, schema, clock);
    Rest rest =
        new Rest(
            engine.schema(),
            engine.applied().version(),
            RestSettings.DEFAULT,
            engine.access(),
            engine.query(),
            engine.sequencer(),
            ids);
    HttpSettings settings =
        HttpFixture.settings(
            "127.0.0.1", 0, 1 << 20, 16_384, 8_192, 256, 256, 2_000, 1_024, 60, 30, 60, 10, "");
    Authentication authentication = this::caller;
    server = HttpServer.start(settings, Routes.of(rest.routes()), clock, ids, authentication);
  }

  private Caller caller(String authorization) {
    if (authorization.startsWith("Machine ")) {
      return Caller.machine("test", Set.of(authorization.substring(8).split(",")));
    }
    if (!authorization.startsWith("Account ")) {
      return Caller.ANONYMOUS;
    }
    Entity account = record(engine.schema().account(), authorization.substring(8));
    Set<String> roles = new HashSet<>();
    if (account.value(account.model().field("roles").orElseThrow()) instanceof List<?> given) {
      given.forEach(role -> roles.add((String) role));
    }
    return Caller.account(account, roles, "session");
  }

  /// The record as it is stored.
  Entity record(Model model, String id) {
    Read.One read = new Read.One(model, id, Moment.NOW, Selection.ALL);
    return engine
        .query()
        .one(engine.access().authorize(Caller.operator("test"), read))
        .orElseThrow()
        .item()
        .entity();
  }

  Model model(String name) {
    return engine.schema().require(name);
  }

  OpenEngine engine() {
    return engine;
  }

  /// What came back.
  record Reply(int status, Map<String, List<String>> headers, String text) {
    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), List.of("")).getFirst();
    }
  }

  /// @param by the header `Authorization`, or nothing
  /// @param body with apostrophes for quotation marks; empty for none
  Reply send(String by, String method, String target, String body, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create(
                "http://127.0.0.1:"
                    + server.port()
                    + target
                        .replace(" ", "%20")
                        .replace("[", "%5B")
                        .replace("]", "%5D")
                        .replace("'", "%27")));
    request.method(
        method,
        body.isEmpty()
            ? BodyPublishers.noBody()
            : BodyPublishers.ofString(body.replace('\'', '"')));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    if (!by.isEmpty()) {
      request.header("Authorization", by);
    }
    headers.forEach(request::header);
    try {
      HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
      return new Reply(response.statusCode(), response.headers().map(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The last position of the log.
  long position() {
    return engine.log().head().position();
  }

  @Override
  public void close() {
    server.stop();
    engine.close();
  }
}
