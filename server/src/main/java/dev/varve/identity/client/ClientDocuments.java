package dev.varve.identity.client;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.net.outgoing.CallFailed;
import dev.varve.net.outgoing.OutgoingCalls;
import dev.varve.net.outgoing.Reach;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Clients whose id is the URL of a document in which they say what they are (OAuth Client ID Metadata Document, draft 01). A document is
/// fetched when the client comes, kept for as long as its server says, within bounds, and then fetched anew. While it cannot be, the last
/// that was good stands in for a day; where there is none, whoever answers not at all is left in peace for some seconds.
///
/// Nobody has looked at such a client: what it says of itself is shown to people with the host that it comes from, and it never has a
/// shared secret.
public final class ClientDocuments {
  /// Enough for names and addresses (section 6.6).
  public static final int BYTES_MAX = 5 * 1_024;

  private static final KeptAtUrl.Bounds BOUNDS =
      new KeptAtUrl.Bounds(
          Duration.ofMinutes(15),
          Duration.ofMinutes(1),
          // an address that others have got hold of must not live for long
          Duration.ofHours(24),
          // an outage of a client's pages signs nobody out of it
          Duration.ofDays(1),
          false,
          1_000);
  private static final int ID_LENGTH_MAX = 500;

  private final KeptAtUrl<ClientDescription> said;
  private final Reach reach;
  private final Set<String> origins;

  /// @param calls that read [#BYTES_MAX] bytes
  /// @param settings which say whose documents are taken
  public ClientDocuments(OutgoingCalls calls, SelfDescribedSettings settings, Clock clock) {
    this.said = new KeptAtUrl<>("description", calls, BOUNDS, ClientDocuments::said, clock);
    this.origins = Set.copyOf(settings.documentOrigins());
    this.reach = settings.reach();
  }

  /// Whether an id is a URL, and so none of a client that is kept here.
  static boolean isUrl(String id) {
    return id.startsWith("https://") || id.startsWith("http://");
  }

  /// What is known of such a client without its document.
  ///
  /// @throws Problem NOT_FOUND when nothing can be the client of that id
  public static ClientDescription unread(String id) {
    if (id.length() > ID_LENGTH_MAX || !isUrl(id) || RedirectUri.wrong(id).isPresent()) {
      throw Problem.notFound("There is no client '%s'".formatted(id));
    }
    return new ClientDescription(
        host(id),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        ConsentPolicy.ASK,
        ClientFeatures.NONE);
  }

  /// The host that stands in the id of such a client.
  public static String host(String id) {
    return String.valueOf(URI.create(id).getHost());
  }

  /// What a client says of itself, if that is known without asking.
  Optional<ClientDescription> kept(String id) {
    return isUrl(id) && wrongUrl(id).isEmpty() ? said.kept(place(id)) : Optional.empty();
  }

  private KeptAtUrl.Place place(String id) {
    return new KeptAtUrl.Place(id, URI.create(id), reach);
  }

  /// What a client says of itself.
  ///
  /// @throws Problem INVALID_PARAMETER when its id is no such URL, or its document is not there or not good, and UPSTREAM_UNAVAILABLE
  ///     when it cannot be read now
  ClientDescription read(String id) {
    requireUrl(id);
    try {
      return said.read(place(id));
    } catch (KeptAtUrl.NotGood bad) {
      throw refused(String.valueOf(bad.getMessage()));
    } catch (KeptAtUrl.NotNow e) {
      throw Problem.unavailable(
          ErrorCode.UPSTREAM_UNAVAILABLE,
          "The application describes itself at its client_id, and that cannot be read now: try again in a moment",
          KeptAtUrl.LEFT_IN_PEACE.toSeconds());
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

  private static ClientDescription said(String id, String body) throws KeptAtUrl.NotGood {
    Map<?, ?> members;
    try {
      members =
          Json.read(body.getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> object
              ? object
              : Map.of();
    } catch (Problem malformed) {
      throw new KeptAtUrl.NotGood("it is not JSON");
    }
    if (!id.equals(members.get("client_id"))) {
      throw new KeptAtUrl.NotGood("its client_id is not the URL at which it stands");
    }
    try {
      return ClientMetadata.document(members, URI.create(id));
    } catch (ClientMetadata.Wrong wrong) {
      throw new KeptAtUrl.NotGood(wrong.description());
    }
  }

  private static Problem refused(String why) {
    return new Problem(
        ErrorCode.INVALID_PARAMETER,
        "The application describes itself at its client_id, and what it says there is not good: %s"
            .formatted(why));
  }
}
