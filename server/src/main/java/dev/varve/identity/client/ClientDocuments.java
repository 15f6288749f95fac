package dev.varve.identity.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.net.outgoing.CallFailed;
import dev.varve.net.outgoing.OutgoingCalls;
import dev.varve.net.outgoing.OutgoingCalls.Call;
import dev.varve.net.outgoing.OutgoingCalls.Reply;
import dev.varve.net.outgoing.Reach;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Clients whose id is the URL of a document in which they say what they are (OAuth Client ID Metadata Document, draft 01). A document is
/// fetched when the client comes, kept for as long as its server says, within bounds, and then fetched anew. While it cannot be, the last
/// that was good stands in for a day; where there is none, whoever answers not at all is left in peace for some seconds.
///
/// Nobody has looked at such a client: what it says of itself is shown to people with the host that it comes from, and it never has a
/// shared secret.
public final class ClientDocuments {
  /// Enough for names and addresses (section 6.6).
  public static final int BYTES_MAX = 5 * 1_024;

  private static final Logger LOG = LoggerFactory.getLogger(ClientDocuments.class);
  private static final Duration KEPT = Duration.ofMinutes(15);
  // a client that says no-store is asked for once in a while, not with each request of a flow
  private static final Duration KEPT_MIN = Duration.ofMinutes(1);
  // what a client takes out of its document, such as an address that others have got hold of, must
  // not live for long
  private static final Duration KEPT_MAX = Duration.ofHours(24);
  private static final int KNOWN_MAX = 1_000;
  // an outage of a client's pages signs nobody out of it
  private static final Duration STANDS_IN = Duration.ofDays(1);
  // whoever answers not at all holds a place for seconds
  private static final Duration LEFT_IN_PEACE = Duration.ofSeconds(10);
  private static final int SILENT_MAX = 10_000;
  // of those that this server has for all hosts together
  private static final int AT_A_HOST_MAX = 4;
  private static final int ID_LENGTH_MAX = 500;
  private static final String JSON = "application/json";

  private final OutgoingCalls calls;
  private final Reach reach;
  private final Set<String> origins;
  private final Clock clock;
  private final Cache<String, Known> known = Caffeine.newBuilder().maximumSize(KNOWN_MAX).build();
  // until when nothing is asked for there
  private final Cache<String, Instant> silent =
      Caffeine.newBuilder().maximumSize(SILENT_MAX).build();
  private final Map<String, Integer> asking = new ConcurrentHashMap<>();

  /// What a client says of itself.
  record Said(ClientDescription description, ClientProfile profile) {}

  /// @param until when it is fetched anew
  /// @param last until when it may stand in
  private record Known(Said said, Instant until, Instant last) {
    boolean freshAt(Instant now) {
      return now.isBefore(until);
    }
  }

  /// @param calls that read [#BYTES_MAX] bytes
  /// @param origins whose documents are taken; none for every one on the internet
  public ClientDocuments(OutgoingCalls calls, List<String> origins, Clock clock) {
    this.calls = calls;
    this.origins = Set.copyOf(origins);
    this.reach =
        origins.isEmpty()
            ? Reach.INTERNET
            : Reach.naming(origins.stream().map(URI::create).toArray(URI[]::new));
    this.clock = clock;
  }

  /// Whether an id is a URL, and so none of a client that is kept here.
  static boolean isUrl(String id) {
    return id.startsWith("https://") || id.startsWith("http://");
  }

  /// The host that stands in the id of such a client.
  public static String host(String id) {
    return String.valueOf(URI.create(id).getHost());
  }

  /// What a client says of itself, if that is known without asking.
  Optional<Said> kept(String id) {
    return Optional.ofNullable(known.getIfPresent(id))
        .filter(found -> found.freshAt(clock.instant()))
        .map(Known::said);
  }

  /// What a client says of itself.
  ///
  /// @throws Problem INVALID_PARAMETER when its id is no such URL, or its document is not there or not good, and UPSTREAM_UNAVAILABLE
  ///     when it cannot be read now
  Said read(String id) {
    requireUrl(id);
    Known before = known.getIfPresent(id);
    if (before != null && before.freshAt(clock.instant())) {
      return before.said();
    }
    try {
      // whoever comes meanwhile waits for the same answer
      Known now =
          known
              .asMap()
              .compute(
                  id,
                  (_, last) ->
                      last != null && last.freshAt(clock.instant())
                          ? last
                          : fetch(id, Optional.ofNullable(last)));
      return Objects.requireNonNull(now).said();
    } catch (Problem problem) {
      if (problem.code() == ErrorCode.INVALID_PARAMETER) {
        // it was there to be read, and is good no more: nothing stands in for it
        known.invalidate(id);
      }
      throw problem;
    }
  }

  private void requireUrl(String id) {
    wrongUrl(id)
        .ifPresent(wrong -> {
          throw refused("its URL %s".formatted(wrong));
        });
  }

  /// Why no document is asked for at a URL (section 3); nothing when it is fine.
  private Optional<String> wrongUrl(String id) {
    boolean readable =
        id.length() <= ID_LENGTH_MAX && id.chars().allMatch(c -> c > ' ' && c <= '~' && c != '\\');
    if (!readable) {
      return Optional.of("is too long, or has characters that are none of a URL");
    }
    try {
      URI uri = new URI(id);
      if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
        return Optional.of("must have a host, and neither a user nor a fragment");
      }
      if (!uri.getHost().equals(uri.getHost().toLowerCase(Locale.ROOT))) {
        return Optional.of("must have its host in small letters");
      }
      String path = String.valueOf(uri.getRawPath());
      if (path.length() <= 1 || hasDots(path)) {
        return Optional.of("must have a path, and no . or .. in it");
      }
      if (!origins.isEmpty()
          && !origins.contains(uri.getScheme() + "://" + uri.getRawAuthority())) {
        return Optional.of("is of an origin whose documents are not taken here");
      }
      reach.require(uri);
      return Optional.empty();
    } catch (URISyntaxException | CallFailed e) {
      return Optional.of("must be one of https");
    }
  }

  private static boolean hasDots(String path) {
    return List.of(path.toLowerCase(Locale.ROOT).replace("%2e", ".").split("/", -1)).stream()
        .anyMatch(segment -> segment.equals(".") || segment.equals(".."));
  }

  private Known fetch(String id, Optional<Known> before) {
    try {
      Reply reply = ask(id);
      if (reply.status() >= 500 && before.isPresent()) {
        return standIn(id, before, "it has answered with " + reply.status());
      }
      if (reply.status() != 200) {
        throw refused("there is none (%d)".formatted(reply.status()));
      }
      if (!isJson(reply.header("Content-Type").orElse(""))) {
        throw refused("it is not JSON");
      }
      Instant until = clock.instant().plus(kept(reply));
      return new Known(said(id, reply.body()), until, until.plus(STANDS_IN));
    } catch (CallFailed e) {
      return standIn(id, before, String.valueOf(e.getMessage()));
    }
  }

  private Reply ask(String id) throws CallFailed {
    Instant peace = silent.getIfPresent(id);
    if (peace != null && clock.instant().isBefore(peace)) {
      throw new CallFailed("it has not answered a moment ago");
    }
    String host = host(id);
    if (asking.merge(host, 1, Integer::sum) > AT_A_HOST_MAX) {
      leave(host);
      throw new CallFailed("too much is asked for at %s: try again in a moment".formatted(host));
    }
    try {
      return calls.send(reach, Call.get(URI.create(id), JSON));
    } catch (CallFailed e) {
      silent.put(id, clock.instant().plus(LEFT_IN_PEACE));
      throw e;
    } finally {
      leave(host);
    }
  }

  private void leave(String host) {
    asking.computeIfPresent(host, (_, places) -> places == 1 ? null : places - 1);
  }

  /// @throws Problem UPSTREAM_UNAVAILABLE when nothing may stand in
  private Known standIn(String id, Optional<Known> before, String why) {
    // why is for operators: whoever names a host must not learn from it what is in this network
    LOG.info("The description of the client {} was not read: {}", id, why);
    Instant now = clock.instant();
    return before
        .filter(known -> now.isBefore(known.last()))
        .map(known -> new Known(known.said(), now.plus(KEPT_MIN), known.last()))
        .orElseThrow(() ->
            Problem.unavailable(
                ErrorCode.UPSTREAM_UNAVAILABLE,
                "The application describes itself at its client_id, and that cannot be read now: try again in a moment",
                LEFT_IN_PEACE.toSeconds()));
  }

  private static boolean isJson(String contentType) {
    String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return type.equals(JSON) || (type.startsWith("application/") && type.endsWith("+json"));
  }

  private static Said said(String id, String body) {
    Map<?, ?> members;
    try {
      members =
          Json.read(body.getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> object
              ? object
              : Map.of();
    } catch (Problem malformed) {
      throw refused("it is not JSON");
    }
    if (!id.equals(members.get("client_id"))) {
      throw refused("its client_id is not the URL at which it stands");
    }
    try {
      return new Said(ClientMetadata.document(members, host(id)), ClientMetadata.profile(members));
    } catch (ClientMetadata.Wrong wrong) {
      throw refused(wrong.description());
    }
  }

  /// How long an answer may be kept (RFC 9111, section 5.2.2), within bounds.
  private static Duration kept(Reply reply) {
    Duration wanted = KEPT;
    for (String directive : reply.header("Cache-Control").orElse("").split(",", -1)) {
      String word = directive.strip().toLowerCase(Locale.ROOT);
      if (word.equals("no-store") || word.equals("no-cache")) {
        return KEPT_MIN;
      }
      if (word.matches("max-age=[0-9]{1,9}")) {
        wanted = Duration.ofSeconds(Long.parseLong(word.substring("max-age=".length())));
      }
    }
    if (wanted.compareTo(KEPT_MIN) < 0) {
      return KEPT_MIN;
    }
    return wanted.compareTo(KEPT_MAX) > 0 ? KEPT_MAX : wanted;
  }

  private static Problem refused(String why) {
    return new Problem(
        ErrorCode.INVALID_PARAMETER,
        "The application describes itself at its client_id, and what it says there is not good: %s"
            .formatted(why));
  }
}
