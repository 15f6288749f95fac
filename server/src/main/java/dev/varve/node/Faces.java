package dev.varve.node;

import dev.varve.face.account.AccountPages;
import dev.varve.face.auth.Accounts;
import dev.varve.face.auth.Languages;
import dev.varve.face.auth.PageLook;
import dev.varve.face.events.Events;
import dev.varve.face.file.StaticFiles;
import dev.varve.face.file.Welcome;
import dev.varve.face.gateway.GatewayTable;
import dev.varve.face.gateway.aggregate.Aggregates;
import dev.varve.face.graphql.GraphQl;
import dev.varve.face.oauth.OAuth;
import dev.varve.face.openapi.ApiDescription;
import dev.varve.face.provider.ProviderSignIn;
import dev.varve.face.rest.Rest;
import dev.varve.identity.client.Clients;
import dev.varve.kernel.Ids;
import dev.varve.kernel.Nearest;
import dev.varve.lane.live.Streams;
import dev.varve.net.http.Health;
import dev.varve.net.http.MetricsEndpoint;
import dev.varve.net.http.Operators;
import dev.varve.net.http.Route;
import dev.varve.net.limit.RateLimits;
import dev.varve.schema.Schema;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The faces of the server, and the one list of every route: description, CORS, limits, metrics and logs follow it.
///
/// @param development whether whoever writes the application looks at it
/// @param ids of what is written
/// @param languages of pages
record Faces(
    Settings settings,
    boolean development,
    Health health,
    MetricsEndpoint metrics,
    StaticFiles files,
    Operators operators,
    NodesEndpoint nodes,
    RateLimits limits,
    Ids ids,
    Languages languages) {
  private static final Logger LOG = LoggerFactory.getLogger(Faces.class);

  /// Every route that callers ask for, over one schema and in front of the services of one table.
  List<Route> routes(
      Engine engine,
      Accounts accounts,
      ProviderSignIn elsewhere,
      OAuth oauth,
      Streams streams,
      GatewayTable gateway) {
    Rest rest = rest(engine);
    List<Route> faces =
        Stream.of(
                health.routes(),
                hasOperationsPort() ? List.<Route>of() : forOperators(gateway),
                speaking(accounts.routes()),
                List.of(new PageLook(settings.pages()).route()),
                speaking(elsewhere.routes()),
                speaking(oauth.routes()),
                speaking(new AccountPages(accounts, oauth, elsewhere).routes()),
                reaching(engine, rest.routes()),
                reaching(engine, new Events(engine.schema().schema(), streams).routes()),
                reaching(engine, graphQl(engine, streams).routes()))
            .flatMap(List::stream)
            .toList();
    List<Route> aggregates =
        gateway.aggregates(
            new Aggregates.Own(
                rest.reads(),
                limits,
                () -> engine.query().epochs().text(engine.query().position())),
            faces);
    List<Route> told = with(faces, description(engine, with(faces, aggregates)).routes());
    boolean hasRoot = files.hasRoot() || gateway.hasRoot();
    List<Route> known = hasRoot ? told : with(told, welcome(engine).routes());
    List<Route> own = with(known, files.routes(known));
    List<Route> all = with(with(own, aggregates), gateway.routes(own));
    warnOfLimitsOnNothing(all);
    return all;
  }

  /// Those that have pages, or send mails.
  private List<Route> speaking(List<Route> routes) {
    return routes.stream().map(languages::around).toList();
  }

  /// Those that show records.
  private static List<Route> reaching(Engine engine, List<Route> routes) {
    KnownPosition known = new KnownPosition(engine.following().follower());
    return routes.stream().map(known::around).toList();
  }

  /// Looks at a schema before anything is altered for it.
  ///
  /// @throws dev.varve.settings.WrongSetting when an aggregate reads what the schema does not have, or an application is to have a
  ///     scope that none of its rules names
  void require(Schema schema, GatewayTable gateway, Clients clients) {
    clients.requireScopes(Settings.scopes(schema, settings.gateway()));
    gateway.aggregates(new Aggregates.Own(Rest.readsOf(schema), limits, () -> "0"), List.of());
  }

  /// What is for operators alone, where it has a port of its own.
  List<Route> operations(GatewayTable gateway) {
    return with(health.routes(), forOperators(gateway));
  }

  private List<Route> forOperators(GatewayTable gateway) {
    return with(with(metrics.routes(), List.of(nodes.route())), gateway.operations(operators));
  }

  private boolean hasOperationsPort() {
    return settings.telemetry().port() != 0;
  }

  private static List<Route> with(List<Route> some, List<Route> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  private Rest rest(Engine engine) {
    return new Rest(
        engine.schema().schema(),
        engine.schema().version(),
        settings.rest(),
        engine.access(),
        engine.query(),
        engine.sequencer(),
        ids);
  }

  private GraphQl graphQl(Engine engine, Streams streams) {
    return new GraphQl(
        engine.schema().schema(),
        settings.graphql(),
        settings.rest().requireIfMatch(),
        engine.access(),
        engine.query(),
        engine.sequencer(),
        streams,
        ids);
  }

  private ApiDescription description(Engine engine, List<Route> faces) {
    return new ApiDescription(
        engine.schema().schema(),
        engine.schema().version(),
        settings.rest(),
        engine.access(),
        faces);
  }

  private Welcome welcome(Engine engine) {
    return new Welcome(engine.schema().schema(), development);
  }

  /// Routes follow the schema, so a setting that names one cannot be refused for good.
  private void warnOfLimitsOnNothing(List<Route> routes) {
    List<String> patterns = routes.stream().map(Route::pattern).toList();
    RateLimits.unknownRoutes(settings.limits(), patterns)
        .forEach(route ->
            LOG.warn(
                "The setting limits names the route {}, which this server does not have.{}",
                route,
                Nearest.hint(route, patterns)));
  }
}
