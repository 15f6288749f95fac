package dev.varve.identity.client;

import dev.varve.identity.token.AccessTokens;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.Nearest;
import dev.varve.schema.Scopes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What is said of a client, whoever says it: the settings, an administrator, or the client itself. What is wrong with it is told by
/// [#mistakes], in the same words everywhere.
///
/// @param grants as they stand in `grant_type`
public record ClientDescription(
    String title,
    List<String> redirectUris,
    List<String> logoutUris,
    List<String> scopes,
    List<String> grants,
    ConsentPolicy consent,
    ClientFeatures features) {
  static final int TITLE_LENGTH_MAX = 100;
  public static final int URIS_MAX = 20;
  public static final int SCOPES_MAX = 100;

  /// Why one of two ways to prove itself has to go.
  static final String ONE_PROOF = "a client proves itself in one way. Take one of both";

  private static final int ID_LENGTH_MAX = 100;
  // fillers of Hangul, and the pattern of Braille without a dot: they count as letters and signs
  private static final String UNSEEN = "\u115f\u1160\u3164\uffa0\u2800";
  // more than any language puts over one letter
  private static final int MARKS_MAX = 4;
  private static final List<String> GRANTS =
      Arrays.stream(GrantType.values()).map(GrantType::value).toList();

  public ClientDescription {
    redirectUris = List.copyOf(redirectUris);
    logoutUris = List.copyOf(logoutUris);
    scopes = List.copyOf(scopes);
    grants = List.copyOf(grants);
  }

  /// What is wrong with the id of a client, if something is.
  static Optional<String> wrongId(String id) {
    if (id.equals(AccessTokens.CLIENT)) {
      return Optional.of("is '%s', which is Varve itself. Give it another id".formatted(id));
    }
    // a URL is the id of a client that describes itself there
    boolean wellFormed =
        !id.isEmpty()
            && id.length() <= ID_LENGTH_MAX
            && id.chars()
                .allMatch(c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '-'
                        || c == '_'
                        || c == '.');
    return wellFormed
        ? Optional.empty()
        : Optional.of(
            "must have 1 to %d letters, digits, dots, dashes and underscores"
                .formatted(ID_LENGTH_MAX));
  }

  /// What is wrong, each with its member.
  ///
  /// @param secret whether it has one
  public List<FieldError> mistakes(boolean secret) {
    List<FieldError> mistakes = ownMistakes(secret || features.proves());
    mistakes.addAll(features.mistakes());
    return mistakes;
  }

  /// @param proves whether it can prove itself
  private List<FieldError> ownMistakes(boolean proves) {
    List<FieldError> mistakes = new ArrayList<>();
    boolean controls = title.codePoints().anyMatch(ClientDescription::misleads) || pilesUp(title);
    if (title.isBlank() || title.length() > TITLE_LENGTH_MAX || controls) {
      mistakes.add(
          new FieldError(
              "title",
              controls
                  ? "must be written in letters that people see, without control characters and without marks that turn the direction of text or pile up"
                  : "must have 1 to %d characters".formatted(TITLE_LENGTH_MAX)));
    }
    addUris(mistakes, "redirectUris", redirectUris);
    addUris(mistakes, "logoutUris", logoutUris);
    for (int i = 0; i < grants.size(); i++) {
      if (!GRANTS.contains(grants.get(i))) {
        mistakes.add(
            new FieldError(
                "grants[%d]".formatted(i),
                "is '%s', which is none.%s"
                    .formatted(grants.get(i), Nearest.hint(grants.get(i), GRANTS))));
      }
    }
    if (has(GrantType.AUTHORIZATION_CODE) && redirectUris.isEmpty()) {
      mistakes.add(
          new FieldError(
              "redirectUris",
              "is empty, and with the grant authorization_code browsers are sent back there. Name one"));
    }
    if (has(GrantType.CLIENT_CREDENTIALS) && !proves) {
      mistakes.add(
          new FieldError(
              "grants",
              "has client_credentials, which takes a secret or keys: make it confidential, or give it jwks, jwksUri or a certificate"));
    }
    return mistakes;
  }

  /// What could be taken for something else than it is (Unicode Standard Annex 9), or for nothing at all.
  private static boolean misleads(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          true;
      default -> UNSEEN.indexOf(c) >= 0;
    };
  }

  /// Whether there are so many marks over one letter that they lie over the lines beside it.
  private static boolean pilesUp(String text) {
    int marks = 0;
    for (int c : text.codePoints().toArray()) {
      boolean mark =
          Character.getType(c) == Character.NON_SPACING_MARK
              || Character.getType(c) == Character.ENCLOSING_MARK;
      marks = mark ? marks + 1 : 0;
      if (marks > MARKS_MAX) {
        return true;
      }
    }
    return false;
  }

  private static void addUris(List<FieldError> mistakes, String member, List<String> uris) {
    if (uris.size() > URIS_MAX) {
      mistakes.add(new FieldError(member, "has more than %d elements".formatted(URIS_MAX)));
    }
    for (int i = 0; i < uris.size(); i++) {
      String uri = uris.get(i);
      String place = "%s[%d]".formatted(member, i);
      RedirectUri.wrong(uri)
          .ifPresent(
              wrong -> mistakes.add(new FieldError(place, "is '%s': %s".formatted(uri, wrong))));
    }
  }

  /// What is wrong with its scopes.
  ///
  /// @param named the scopes that rules of the schema ask for
  public List<FieldError> unknownScopes(Set<String> named) {
    Set<String> known = new TreeSet<>(named);
    known.addAll(Scopes.OWN);
    List<FieldError> mistakes = new ArrayList<>();
    for (int i = 0; i < scopes.size(); i++) {
      if (!known.contains(scopes.get(i))) {
        mistakes.add(
            new FieldError(
                "scopes[%d]".formatted(i),
                "is '%s', which no rule of the schema names.%s"
                    .formatted(scopes.get(i), Nearest.hint(scopes.get(i), known))));
      }
    }
    return mistakes;
  }

  boolean has(GrantType grant) {
    return grants.contains(grant.value());
  }

  /// As it is kept, and as administrators see it.
  public Map<String, @Nullable Object> members() {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("title", title);
    members.put("redirectUris", redirectUris);
    members.put("logoutUris", logoutUris);
    members.put("scopes", scopes);
    members.put("grants", grants);
    members.put("consent", consent.name());
    features.putInto(members);
    return members;
  }

  String json() {
    return new String(Json.bytes(json -> Json.write(json, members())), StandardCharsets.UTF_8);
  }

  static ClientDescription read(String json) {
    Map<?, ?> members =
        Json.read(json.getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> read
            ? read
            : Map.of();
    return new ClientDescription(
        String.valueOf(members.get("title")),
        texts(members.get("redirectUris")),
        texts(members.get("logoutUris")),
        texts(members.get("scopes")),
        texts(members.get("grants")),
        ConsentPolicy.valueOf(String.valueOf(members.get("consent"))),
        ClientFeatures.read(members));
  }

  private static List<String> texts(@Nullable Object value) {
    return value instanceof Collection<?> values
        ? values.stream().map(String::valueOf).toList()
        : List.of();
  }
}
