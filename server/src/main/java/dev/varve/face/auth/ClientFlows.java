package dev.varve.face.auth;

import dev.varve.identity.client.Client;
import dev.varve.identity.client.ClientAdministration;
import dev.varve.identity.client.ClientAdministration.By;
import dev.varve.identity.client.ClientAdministration.WithSecret;
import dev.varve.identity.client.ClientDescription;
import dev.varve.identity.client.ClientDocuments;
import dev.varve.identity.client.ClientFeatures;
import dev.varve.identity.client.ClientSecret;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.StoredClient;
import dev.varve.kernel.Json;
import dev.varve.kernel.Rfc3339;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The applications that sign people in, for administrators: those of the settings to look at, and those that lie in the database to
/// change. A secret is shown once, when it is made.
final class ClientFlows {
  private static final String CLIENTS = "/auth/admin/clients";
  private static final String CLIENT = CLIENTS + "/{id}";

  private static final List<Member> SECRET =
      List.of(Member.instant("createdAt"), Member.instant("expiresAt").orNull());
  private static final List<Member> TOLD =
      List.of(
          Member.text("id"),
          Member.text("origin"),
          Member.text("title"),
          Member.of("redirectUris", new Route.Type.Texts()),
          Member.of("logoutUris", new Route.Type.Texts()),
          Member.of("scopes", new Route.Type.Texts()),
          Member.of("grants", new Route.Type.Texts()),
          Member.text("consent"),
          Member.of(ClientFeatures.JWKS, new Route.Type.AnyObject()).orNull(),
          Member.text(ClientFeatures.JWKS_URI).orNull(),
          Member.of(ClientFeatures.PUSHED_REQUESTS, new Route.Type.Truth()),
          Member.of(ClientFeatures.BOUND_TOKENS, new Route.Type.Truth()),
          Member.of(ClientFeatures.SIGNED_USER_INFO, new Route.Type.Truth()),
          Member.text(ClientFeatures.BACKCHANNEL_LOGOUT_URI).orNull(),
          Member.of(ClientFeatures.CERTIFICATE, new Route.Type.AnyObject()).orNull(),
          Member.of(ClientFeatures.CERTIFICATE_BOUND_TOKENS, new Route.Type.Truth()),
          Member.of("confidential", new Route.Type.Truth()),
          Member.of("secrets", new Route.Type.Objects(SECRET)),
          Member.instant("createdAt").orNull(),
          Member.text("createdBy").orNull(),
          Member.instant("changedAt").orNull(),
          Member.instant("disabledAt").orNull());
  private static final List<Member> WITH_SECRET =
      Stream.concat(TOLD.stream(), Stream.of(Member.text("secret").optional())).toList();

  private final ClientAdministration administration;
  private final Clients clients;
  private final StepUp stepUp;

  ClientFlows(ClientAdministration administration, Clients clients, StepUp stepUp) {
    this.administration = administration;
    this.clients = clients;
    this.stepUp = stepUp;
  }

  List<Route> routes() {
    return List.of(
        Endpoint.post(CLIENTS, "makeClient", "Let an application sign people in")
            .says(
                "Makes an OAuth client. The secret of a confidential one is shown this once; for administrators.")
            .asks(Route.Caller.ADMINISTRATOR)
            .takes(ClientRequest.MEMBERS)
            .gives(201, WITH_SECRET)
            .answeredBy(this::make),
        Endpoint.get(CLIENTS, "listClients", "List the applications that sign people in")
            .says(
                "By their ids, those of the settings too, and those that describe themselves at a URL and that people have let in or administrators shut out; for administrators.")
            .asks(Route.Caller.ADMINISTRATOR)
            .gives(
                200,
                List.of(
                    Member.of("items", new Route.Type.Objects(TOLD)),
                    Member.text("nextCursor").orNull()))
            .answeredBy(this::list),
        Endpoint.get(CLIENT, "readClient", "Look at an application")
            .says("For administrators.")
            .asks(Route.Caller.ADMINISTRATOR)
            .gives(200, TOLD)
            .answeredBy(this::read),
        Endpoint.patch(CLIENT, "changeClient", "Change an application")
            .says(
                "What is left out stays. People are asked again before they go on to addresses, or under a name, that they were not shown; scopes that are taken away are gone at once. For administrators.")
            .asks(Route.Caller.ADMINISTRATOR)
            .takes(ClientRequest.CHANGES)
            .gives(200, TOLD)
            .answeredBy(this::change),
        Endpoint.post(CLIENT + "/secret", "rotateClientSecret", "Give an application a new secret")
            .says(
                "It is shown this once. Those before are good for a day more, or for overlapSeconds; for administrators.")
            .asks(Route.Caller.ADMINISTRATOR)
            .takes(ClientRequest.ROTATION)
            .gives(200, WITH_SECRET)
            .answeredBy(this::rotate),
        Endpoint.post(CLIENT + "/disable", "disableClient", "Shut an application out")
            .says(
                "Also one that describes itself at a URL, which is its id. Ends its sessions, its codes and what people allowed it, at once; for administrators.")
            .asks(Route.Caller.ADMINISTRATOR)
            .gives(200, TOLD)
            .answeredBy(request -> setDisabled(request, true)),
        Endpoint.post(CLIENT + "/enable", "enableClient", "Let an application in again")
            .says("What it was given before stays worth nothing. For administrators.")
            .asks(Route.Caller.ADMINISTRATOR)
            .gives(200, TOLD)
            .answeredBy(request -> setDisabled(request, false)),
        Endpoint.delete(CLIENT, "deleteClient", "Delete an application")
            .says(
                "Ends all that it was given, for good: no other application gets its id. For administrators.")
            .asks(Route.Caller.ADMINISTRATOR)
            .answeredBy(this::delete));
  }

  private Answer make(Request request) {
    By by = freshBy(request);
    ClientRequest wanted = ClientRequest.of(request);
    WithSecret made =
        administration.create(wanted.id(), wanted.description(), wanted.confidential(), by);
    return secret(201, made).with("Location", CLIENTS + "/" + made.client().id());
  }

  private static By by(Request request) {
    Entity admin = AccountContext.requireAdministrator(request.caller());
    return By.administrator(admin.id(), AccountContext.source(request));
  }

  /// For what gives somebody a way in.
  private By freshBy(Request request) {
    stepUp.requireAdministrator(request);
    return by(request);
  }

  /// No cache keeps it.
  private static Answer secret(int status, WithSecret made) {
    Map<String, @Nullable Object> members = members(made.client());
    made.secret().ifPresent(text -> members.put("secret", text));
    return answer(status, members).with("Cache-Control", "no-store");
  }

  private static Answer answer(int status, Map<String, @Nullable Object> members) {
    return Answer.json(status, Json.bytes(json -> Json.write(json, members)));
  }

  private static Map<String, @Nullable Object> members(StoredClient client) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("id", client.id());
    members.put("origin", client.origin().name());
    members.putAll(client.description().members());
    members.put("confidential", client.confidential());
    members.put("secrets", client.secrets().stream().map(ClientFlows::members).toList());
    members.put("createdAt", Rfc3339.text(client.createdAt()));
    members.put("createdBy", client.createdBy());
    members.put("changedAt", Rfc3339.text(client.changedAt()));
    members.put("disabledAt", text(client.disabledAt()));
    return members;
  }

  private static Map<String, @Nullable Object> members(ClientSecret secret) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("createdAt", Rfc3339.text(secret.createdAt()));
    members.put("expiresAt", text(secret.until()));
    return members;
  }

  private static @Nullable String text(Optional<Instant> instant) {
    return instant.map(Rfc3339::text).orElse(null);
  }

  /// Of the settings, or of itself, which do not tell when.
  private static Map<String, @Nullable Object> members(Client client) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("id", client.id());
    members.put("origin", client.origin().name());
    members.putAll(client.description().members());
    return withoutHistory(members, client.confidential());
  }

  private static Map<String, @Nullable Object> withoutHistory(
      Map<String, @Nullable Object> members, boolean confidential) {
    members.put("confidential", confidential);
    members.put("secrets", List.of());
    members.put("createdAt", null);
    members.put("createdBy", null);
    members.put("changedAt", null);
    members.put("disabledAt", null);
    return members;
  }

  private Answer list(Request request) {
    AccountContext.requireAdministrator(request.caller());
    IdPage page = IdPage.of(request);
    NavigableMap<String, Map<String, @Nullable Object>> all = new TreeMap<>();
    administration
        .letIn(page.after().orElse(""), page.limit() + 1)
        .forEach(id -> all.put(id, members(id)));
    administration.all().forEach(client -> all.put(client.id(), members(client)));
    clients.declared().forEach(client -> all.put(client.id(), members(client)));
    NavigableMap<String, Map<String, @Nullable Object>> behind =
        page.after().map(id -> all.tailMap(id, false)).orElse(all);
    List<Map<String, @Nullable Object>> items =
        behind.values().stream().limit(page.limit()).toList();
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("items", items);
    members.put(
        "nextCursor",
        behind.size() > items.size()
            ? IdPage.cursor(String.valueOf(items.getLast().get("id")))
            : null);
    return answer(200, members);
  }

  private Answer read(Request request) {
    AccountContext.requireAdministrator(request.caller());
    String id = request.variable("id");
    if (clients.declares(id)) {
      return answer(200, members(clients.find(id).orElseThrow()));
    }
    if (administration.find(id).isEmpty() && administration.isLetIn(id)) {
      return answer(200, members(id));
    }
    return answer(200, members(administration.stored(id)));
  }

  /// Of one that describes itself at its id, as far as that was read.
  private Map<String, @Nullable Object> members(String id) {
    Optional<Client> read = clients.find(id);
    if (read.isPresent()) {
      return members(read.get());
    }
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("id", id);
    members.put("origin", Client.Origin.DOCUMENT.name());
    members.putAll(ClientDocuments.unread(id).members());
    return withoutHistory(members, false);
  }

  private Answer change(Request request) {
    By by = freshBy(request);
    UnaryOperator<ClientDescription> change = ClientRequest.change(request);
    return answer(200, members(administration.change(request.variable("id"), change, by)));
  }

  private Answer rotate(Request request) {
    By by = freshBy(request);
    return secret(
        200, administration.rotate(request.variable("id"), ClientRequest.overlap(request), by));
  }

  private Answer setDisabled(Request request, boolean disabled) {
    By by = by(request);
    return answer(200, members(administration.setDisabled(request.variable("id"), disabled, by)));
  }

  private Answer delete(Request request) {
    By by = by(request);
    administration.delete(request.variable("id"), by);
    return Answer.noContent();
  }
}
