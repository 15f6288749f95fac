package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.Endpoint;
import dev.varve.face.auth.StepUp;
import dev.varve.identity.account.Links;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents;
import dev.varve.identity.account.SingleUse.Kind;
import dev.varve.identity.account.WaysIn;
import dev.varve.identity.provider.Somebody;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.kernel.Rfc3339;
import dev.varve.lane.access.Caller;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The providers that an account is linked to, how it is linked to another, and how that ends. A link is made by the account that asked
/// for it, in the session in which it asked, with what only its page knows: whoever else is sent to a provider links nothing.
public final class LinkFlows {
  private static final List<Member> LINK =
      List.of(
          Member.text("id"),
          Member.text(AccountTrips.PROVIDER),
          Member.text("title"),
          Member.text("email").optional(),
          Member.instant("since"),
          Member.instant("lastUsedAt"));

  private final AccountContext context;
  private final StepUp stepUp;
  private final AccountTrips trips;
  private final LinkNews news;

  LinkFlows(AccountContext context, StepUp stepUp, AccountTrips trips, LinkNews news) {
    this.context = context;
    this.stepUp = stepUp;
    this.trips = trips;
    this.news = news;
  }

  List<Route> routes() {
    return List.of(
        Endpoint.get("/auth/links", "listLinks", "Which providers sign the account in")
            .says("The identities at providers that the account is linked to, the oldest first.")
            .asks(Route.Caller.ACCOUNT)
            .gives(200, List.of(Member.of("items", new Route.Type.Objects(LINK))))
            .answeredBy(this::list),
        Endpoint.post("/auth/links", "beginLink", "Link the account to a provider")
            .says(
                "Gives the address to which the page sends the browser. It comes back to `returnTo` with a `code`, or an `error`. It takes a session in which somebody has proven in the last ten minutes who they are (`POST /auth/step-up`).")
            .asks(Route.Caller.ACCOUNT)
            .takes(AccountTrips.WANTED)
            .gives(200, AccountTrips.LEADS)
            .answeredBy(this::begin),
        Endpoint.post("/auth/links/confirm", "confirmLink", "Finish a link")
            .says(
                "With the code that came back and the text whose SHA-256 was the challenge, in the session that asked for the link. A mail tells the account.")
            .asks(Route.Caller.ACCOUNT)
            .takes(ExchangeEndpoint.PROOF)
            .answeredBy(this::confirm),
        Endpoint.delete("/auth/links/{id}", "unlink", "Remove a link")
            .says(
                "The provider no longer signs the account in. The last way to sign in cannot be removed. A mail tells the account.")
            .asks(Route.Caller.ACCOUNT)
            .answeredBy(this::unlink));
  }

  /// `GET /auth/links`
  Answer list(Request request) {
    Entity account = AccountContext.requireAccount(request.caller());
    List<Object> items = of(account).stream().map(this::json).toList();
    return Answer.json(200, Json.bytes(json -> Json.write(json, Map.of("items", items))));
  }

  /// The links of an account, the oldest first.
  public List<Links.Link> of(Entity account) {
    return Links.of(context.stages().database(), account.id());
  }

  /// What people know a provider as.
  public String title(String provider) {
    return news.title(provider);
  }

  private Object json(Links.Link link) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", link.id());
    members.put(AccountTrips.PROVIDER, link.provider());
    members.put("title", title(link.provider()));
    link.email().ifPresent(email -> members.put("email", email));
    members.put("since", Rfc3339.text(link.since()));
    members.put("lastUsedAt", Rfc3339.text(link.lastUsedAt()));
    return members;
  }

  /// `POST /auth/links`
  Answer begin(Request request) {
    stepUp.require(request.caller());
    AccountTrips.Wish wish = trips.wish(request, _ -> Optional.empty());
    return AccountTrips.leads(begin(request.caller(), wish, AccountContext.source(request)));
  }

  /// The same for a page of this server.
  ///
  /// @param path of the page to which the browser comes back
  /// @param verifier what only whoever has that page knows
  /// @return where the browser is sent
  public String begin(
      Caller caller, String provider, String path, String verifier, RequestSource source) {
    return begin(caller, trips.wish(provider, path, verifier), source);
  }

  private String begin(Caller caller, AccountTrips.Wish wish, RequestSource source) {
    Entity account = stepUp.require(caller);
    String session = caller.session().orElseThrow();
    return context.write(
        source,
        account.id(),
        write -> {
          stepUp.require(write, account, caller);
          String links = fingerprint(Links.of(write.session(), account.id()));
          return trips.begin(
              write,
              Departure.Begun.LINK,
              new Errand(
                  wish.provider().name(),
                  wish.goal(),
                  new Errand.Linking(account.id(), session, links),
                  false));
        });
  }

  /// `POST /auth/links/confirm`
  Answer confirm(Request request) {
    AccountContext.requireAccount(request.caller());
    AccountTrips.Brought brought = AccountTrips.Brought.of(request);
    confirm(request.caller(), brought, AccountContext.source(request));
    return Answer.noContent();
  }

  /// Links the account to whoever came back with a code.
  ///
  /// @throws Problem when the code is not good, or there can be no such link
  public void confirm(Caller caller, String code, String verifier, RequestSource source) {
    confirm(caller, new AccountTrips.Brought(code, verifier), source);
  }

  private void confirm(Caller caller, AccountTrips.Brought brought, RequestSource source) {
    Entity account = AccountContext.requireAccount(caller);
    Map<String, Object> content = trips.cameBack(Kind.PROVIDER_LINK_CODE, brought, caller, source);
    Somebody somebody = Identity.read(content);
    String links = ((Errand.Linking) Errand.read(content).purpose()).links();
    context.write(
        source,
        account.id(),
        write -> {
          StepUp.requireOpen(write, caller);
          link(write, account, somebody, links, source);
          return true;
        });
  }

  private void link(
      WriteContext write, Entity account, Somebody somebody, String links, RequestSource source)
      throws SQLException {
    List<Links.Link> known = Links.of(write.session(), account.id());
    if (!fingerprint(known).equals(links)) {
      throw new Problem(
          ErrorCode.CONFLICT, "The links of the account have changed since: begin again");
    }
    Optional<Links.Link> link = Links.find(write.session(), somebody);
    if (link.isPresent()) {
      if (link.get().account().equals(account.id())) {
        return;
      }
      throw new Problem(
          ErrorCode.CONFLICT,
          "What you have at %s is linked to another account here"
              .formatted(news.title(somebody.provider())));
    }
    if (known.size() >= Links.OF_ACCOUNT_MAX) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "An account has at most %d links: remove one first".formatted(Links.OF_ACCOUNT_MAX));
    }
    Links.add(write, context.stages().ids().get(), account.id(), somebody);
    news.record(write, SecurityEvents.Kind.PROVIDER_LINKED, account, somebody.provider(), source);
    news.mailLinked(write, account, somebody.provider(), source);
  }

  /// Which links an account has: what was begun before one came or went is of no more use.
  static String fingerprint(List<Links.Link> links) {
    String ids = links.stream().map(Links.Link::id).sorted().collect(Collectors.joining(" "));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(OpaqueToken.sha256(ids));
  }

  /// `DELETE /auth/links/{id}`
  Answer unlink(Request request) {
    unlink(request.caller(), request.variable("id"), AccountContext.source(request));
    return Answer.noContent();
  }

  public void unlink(Caller caller, String id, RequestSource source) {
    Entity account = stepUp.require(caller);
    context.write(
        source,
        account.id(),
        write -> {
          stepUp.require(write, account, caller);
          unlink(write, account, id, source);
          return true;
        });
  }

  private void unlink(WriteContext write, Entity account, String id, RequestSource source)
      throws SQLException {
    Links.Link link =
        Links.find(write, id)
            .filter(found -> found.account().equals(account.id()))
            .orElseThrow(() -> Problem.notFound("You have no link '%s'".formatted(id)));
    if (!WaysIn.isAnother(write.session(), account.id(), id, context.settings())) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "It is the last way in which you can sign in: set a password first, or link another provider");
    }
    Links.remove(write, link);
    news.record(write, SecurityEvents.Kind.PROVIDER_UNLINKED, account, link.provider(), source);
    news.mailUnlinked(write, account, link.provider(), source);
  }
}
