package dev.varve.identity.client;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a client says of itself, in the words of RFC 7591 (section 2). What is not known here is passed over, so that nobody gets a role
/// or a claim by asking for it; pictures and pages of the client are shown nowhere, and never fetched.
public final class ClientMetadata {
  private static final String NONE = "none";
  private static final String SIGNED = "private_key_jwt";

  /// By a certificate that somebody vouches for, and by one of its own (RFC 8705, sections 2.1.1 and 2.2.1).
  public static final String CERTIFICATE = "tls_client_auth";

  public static final String OWN_CERTIFICATE = "self_signed_tls_client_auth";
  private static final String BOUND = "tls_client_certificate_bound_access_tokens";
  private static final List<String> SECRETS = List.of("client_secret_basic", "client_secret_post");

  /// How a client proves itself that anybody may read about.
  private static final List<String> PUBLIC = List.of(NONE, SIGNED, CERTIFICATE, OWN_CERTIFICATE);

  private ClientMetadata() {}

  /// What is wrong with it.
  public static final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean redirect;

    Wrong(boolean redirect, String description) {
      super(description);
      this.redirect = redirect;
    }

    /// The error code of RFC 7591, section 3.2.2.
    public String code() {
      return redirect ? "invalid_redirect_uri" : "invalid_client_metadata";
    }

    public String description() {
      return String.valueOf(getMessage());
    }
  }

  /// Of a client that describes itself at a URL: it has no shared secret.
  ///
  /// @param id the URL; its host is what the client is called when it does not say
  static ClientDescription document(Map<?, ?> members, URI id) throws Wrong {
    if (members.containsKey("client_secret") || members.containsKey("client_secret_expires_at")) {
      throw new Wrong(false, "client_secret must not stand where everybody reads it");
    }
    String method = text(members, "token_endpoint_auth_method", NONE);
    if (!PUBLIC.contains(method)) {
      throw new Wrong(
          false, "token_endpoint_auth_method must be one of " + String.join(", ", PUBLIC));
    }
    ClientDescription description = description(members, method, String.valueOf(id.getHost()));
    String keys = description.features().jwksUri();
    // whoever writes such a document has nobody else asked
    if (!keys.isEmpty() && !RedirectUri.source(keys).equals(RedirectUri.source(id.toString()))) {
      throw new Wrong(false, "jwks_uri must be at the host of the client_id");
    }
    return description;
  }

  /// By what it proves itself, other than a secret.
  private static ClientFeatures features(Map<?, ?> members, String method) throws Wrong {
    boolean bound = truth(members, BOUND);
    ClientFeatures features =
        switch (method) {
          case SIGNED -> withKeys(members, method, ClientCertificate.NONE, bound);
          case OWN_CERTIFICATE -> withKeys(members, method, ClientCertificate.ofItself(), bound);
          case CERTIFICATE -> ClientFeatures.proving("", "", named(members), bound);
          default -> ClientFeatures.proving("", "", ClientCertificate.NONE, bound);
        };
    List<FieldError> mistakes = features.mistakes();
    if (!mistakes.isEmpty()) {
      FieldError first = mistakes.getFirst();
      throw new Wrong(false, registered(first.field()) + " " + first.message());
    }
    return features;
  }

  private static ClientFeatures withKeys(
      Map<?, ?> members, String method, ClientCertificate certificate, boolean bound) throws Wrong {
    @Nullable Object jwks = members.get("jwks");
    ClientFeatures features =
        ClientFeatures.proving(
            jwks instanceof Map<?, ?> ? ClientFeatures.json(jwks) : "",
            text(members, "jwks_uri", ""),
            certificate,
            bound);
    if (!features.hasKeys()) {
      throw new Wrong(false, "jwks is missing, and so is jwks_uri: %s takes one".formatted(method));
    }
    return features;
  }

  /// What a certificate of the client names: one thing.
  private static ClientCertificate named(Map<?, ?> members) throws Wrong {
    Map<NameKind, String> names = new EnumMap<>(NameKind.class);
    for (NameKind kind : NameKind.values()) {
      names.put(kind, text(members, kind.registered(), ""));
    }
    names.values().removeIf(String::isEmpty);
    if (names.size() != 1) {
      throw new Wrong(
          false,
          "%s takes one of %s"
              .formatted(
                  CERTIFICATE,
                  Arrays.stream(NameKind.values())
                      .map(NameKind::registered)
                      .collect(Collectors.joining(", "))));
    }
    return ClientCertificate.of(kind -> names.getOrDefault(kind, ""), false);
  }

  /// What a member of the settings is called here.
  private static String registered(String member) {
    if (member.equals(ClientFeatures.JWKS_URI)) {
      return "jwks_uri";
    }
    return Arrays.stream(NameKind.values())
        .filter(kind -> member.equals(ClientFeatures.CERTIFICATE + "." + kind.member()))
        .map(NameKind::registered)
        .findFirst()
        .orElse(member);
  }

  /// How a client that registers will prove itself; one that does not say has a secret (RFC 7591, section 2).
  public static String method(Map<?, ?> members) throws Wrong {
    String method = text(members, "token_endpoint_auth_method", SECRETS.getFirst());
    if (!PUBLIC.contains(method) && !SECRETS.contains(method)) {
      throw new Wrong(
          false,
          "token_endpoint_auth_method must be one of %s, %s"
              .formatted(String.join(", ", SECRETS), String.join(", ", PUBLIC)));
    }
    return method;
  }

  /// Whether such a client has a secret.
  public static boolean hasSecret(String method) {
    return SECRETS.contains(method);
  }

  /// How a client that has registered proves itself.
  public static String method(StoredClient client) {
    ClientFeatures features = client.description().features();
    if (!features.certificate().isNone()) {
      return features.certificate().selfSigned() ? OWN_CERTIFICATE : CERTIFICATE;
    }
    if (features.signs()) {
      return SIGNED;
    }
    return client.secrets().isEmpty() ? NONE : SECRETS.getFirst();
  }

  /// @param method by which it proves itself
  /// @param otherwise what it is called when it does not say
  public static ClientDescription description(Map<?, ?> members, String method, String otherwise)
      throws Wrong {
    List<String> redirects = texts(members, "redirect_uris");
    if (redirects.isEmpty()) {
      throw new Wrong(true, "redirect_uris is missing: name where browsers are sent back");
    }
    boolean web = text(members, "application_type", "").equals("web");
    for (String uri : redirects) {
      requireWeb(uri, web);
    }
    List<String> logouts = texts(members, "post_logout_redirect_uris");
    for (String uri : logouts) {
      requireWeb(uri, web);
    }
    requireCode(members);
    ClientDescription description =
        new ClientDescription(
            text(members, "client_name", otherwise),
            redirects,
            logouts,
            scopes(members),
            grants(members),
            ConsentPolicy.ASK,
            features(members, method));
    List<FieldError> mistakes = description.mistakes(false);
    if (!mistakes.isEmpty()) {
      FieldError first = mistakes.getFirst();
      throw new Wrong(
          first.field().startsWith("redirectUris"),
          first.field().equals("title")
              ? "client_name " + first.message()
              : "redirect_uris or post_logout_redirect_uris: one " + first.message());
    }
    return description;
  }

  /// Of a client that nobody knows: https, or this machine. The schemes of installed applications can be taken by others on the same
  /// machine.
  private static void requireWeb(String uri, boolean web) throws Wrong {
    if (RedirectUri.wrong(uri).isPresent()) {
      throw new Wrong(true, "redirect_uris: one is no URL to which a browser may be sent");
    }
    URI parsed = URI.create(uri);
    boolean http = "http".equalsIgnoreCase(parsed.getScheme());
    if (!http && !"https".equalsIgnoreCase(parsed.getScheme())) {
      throw new Wrong(true, "redirect_uris: take https, or http to 127.0.0.1, [::1] or localhost");
    }
    if (http && web) {
      throw new Wrong(true, "redirect_uris: with application_type web, take https");
    }
  }

  private static void requireCode(Map<?, ?> members) throws Wrong {
    List<String> types = texts(members, "response_types");
    if (!types.isEmpty() && !types.contains("code")) {
      throw new Wrong(false, "response_types must have code");
    }
  }

  /// What of the grants it may have; never tokens for itself.
  private static List<String> grants(Map<?, ?> members) throws Wrong {
    List<String> asked = texts(members, "grant_types");
    String code = GrantType.AUTHORIZATION_CODE.value();
    String refresh = GrantType.REFRESH_TOKEN.value();
    if (!asked.isEmpty() && !asked.contains(code)) {
      throw new Wrong(false, "grant_types must have authorization_code");
    }
    return asked.contains(refresh) ? List.of(code, refresh) : List.of(code);
  }

  /// What it asks for; nothing for all that it may have.
  private static List<String> scopes(Map<?, ?> members) throws Wrong {
    Set<String> scopes = new LinkedHashSet<>(List.of(text(members, "scope", "").split(" ", -1)));
    scopes.remove("");
    if (scopes.size() > ClientDescription.SCOPES_MAX) {
      throw new Wrong(false, "scope has too many");
    }
    return List.copyOf(scopes);
  }

  private static String text(Map<?, ?> members, String name, String otherwise) throws Wrong {
    @Nullable Object value = members.get(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof String text) {
      return text;
    }
    throw new Wrong(false, name + " must be text");
  }

  private static boolean truth(Map<?, ?> members, String name) throws Wrong {
    @Nullable Object value = members.get(name);
    if (value != null && !(value instanceof Boolean)) {
      throw new Wrong(false, name + " must be true or false");
    }
    return Boolean.TRUE.equals(value);
  }

  private static List<String> texts(Map<?, ?> members, String name) throws Wrong {
    @Nullable Object value = members.get(name);
    if (value == null) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    boolean good = value instanceof List<?> values && values.size() <= ClientDescription.URIS_MAX;
    if (good && value instanceof List<?> values) {
      for (Object each : values) {
        good &= each instanceof String;
        texts.add(String.valueOf(each));
      }
    }
    if (!good) {
      throw new Wrong(
          name.contains("redirect"),
          "%s must be a list of at most %d texts".formatted(name, ClientDescription.URIS_MAX));
    }
    return texts.stream().distinct().toList();
  }

  /// What a client that has registered is told (section 3.2.1).
  public static Map<String, @Nullable Object> registered(
      ClientDescription description, String method) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("client_name", description.title());
    members.put("redirect_uris", description.redirectUris());
    if (!description.logoutUris().isEmpty()) {
      members.put("post_logout_redirect_uris", description.logoutUris());
    }
    members.put("grant_types", description.grants());
    members.put("response_types", List.of("code"));
    members.put("token_endpoint_auth_method", method);
    members.put("scope", String.join(" ", description.scopes()));
    ClientFeatures features = description.features();
    if (!features.jwks().isEmpty()) {
      members.put("jwks", Json.read(features.jwks().getBytes(StandardCharsets.UTF_8)));
    }
    if (!features.jwksUri().isEmpty()) {
      members.put("jwks_uri", features.jwksUri());
    }
    features.certificate().names().forEach((kind, name) -> members.put(kind.registered(), name));
    members.put(BOUND, features.certificateBoundTokens());
    return members;
  }
}
