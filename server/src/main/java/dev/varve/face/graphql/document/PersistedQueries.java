package dev.varve.face.graphql.document;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Sha256;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Automatic persisted queries: a client sends the SHA-256 of a document in place of it, and the document itself when
/// the server does not know that yet
/// (https://www.apollographql.com/docs/apollo-server/performance/apq#using-get-requests-with-apq-on-a-cdn).
public final class PersistedQueries {
  private static final String EXTENSION = "persistedQuery";
  private static final String HASH = "sha256Hash";

  private final Cache<String, String> byHash;

  public PersistedQueries(int charactersMax) {
    this.byHash =
        Caffeine.newBuilder()
            .maximumWeight(charactersMax)
            .weigher((String _, String text) -> text.length())
            .build();
  }

  /// The document that is meant: the one that was sent, or the one that its hash stands for.
  ///
  /// @throws RequestRefused when there is neither
  public String document(Optional<String> sent, Map<?, ?> extensions) {
    if (!(extensions.get(EXTENSION) instanceof Map<?, ?> persisted)) {
      return sent.orElseThrow(() ->
          RequestRefused.malformed(
              "The request has no query: send the document as 'query', a string"));
    }
    if (!(persisted.get(HASH) instanceof String given) || !isVersionOne(persisted.get("version"))) {
      throw RequestRefused.malformed(
          "extensions.persistedQuery must be {\"version\": 1, \"sha256Hash\": \"...\"}");
    }
    String hash = given.toLowerCase(Locale.ROOT);
    if (sent.isPresent()) {
      return keep(hash, sent.get());
    }
    String known = byHash.getIfPresent(hash);
    if (known == null) {
      throw notFound();
    }
    return known;
  }

  private static boolean isVersionOne(@Nullable Object version) {
    return Long.valueOf(1).equals(version);
  }

  private String keep(String hash, String document) {
    if (!sha256(document).equals(hash)) {
      throw RequestRefused.invalid("sha256Hash is not that of the query that came with it");
    }
    byHash.put(hash, document);
    return document;
  }

  /// Clients know this answer by its words, and send the document then.
  private static RequestRefused notFound() {
    return new RequestRefused(
        ErrorCode.PERSISTED_QUERY_NOT_FOUND.status(),
        List.of(
            new GraphQlError(
                "PersistedQueryNotFound",
                Optional.empty(),
                List.of(),
                ErrorCode.PERSISTED_QUERY_NOT_FOUND,
                List.of())));
  }

  private static String sha256(String text) {
    return HexFormat.of().formatHex(Sha256.of(text));
  }
}
