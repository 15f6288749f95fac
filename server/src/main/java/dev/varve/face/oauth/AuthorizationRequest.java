package dev.varve.face.oauth;

import dev.varve.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a client asks for at the authorization endpoint, once all of it has been looked at.
///
/// @param redirectUri where the answer goes, which is one of the client
/// @param scopes those of the client's own that it asks for
/// @param state comes back as it is
/// @param nonce comes back in the ID token
/// @param formPost whether the answer is posted by a form, in place of a query
/// @param challenge of PKCE, by S256 (RFC 7636)
/// @param resource whom the access token is for (RFC 8707)
/// @param prompts what people are to be shown, whatever is known (OpenID Connect Core 1.0, section 3.1.2.1)
/// @param maxAge how many seconds ago they may have signed in
/// @param loginHint what they may sign in with
/// @param subject the account of an ID token that came as a hint
/// @param key the thumbprint of the key with which alone the code is good (RFC 9449, section 10)
/// @param pushed by what the request is known that the client has pushed before (RFC 9126); nothing when a browser brought all of it
/// @param device that waits for what comes of it (RFC 8628), so that no browser is sent back; of most there is none
/// @param secondFactor whether two factors are wanted (`acr_values`), of an account that has a second one
record AuthorizationRequest(
    String client,
    String redirectUri,
    Set<String> scopes,
    Optional<String> state,
    Optional<String> nonce,
    boolean formPost,
    String challenge,
    Optional<String> resource,
    Set<String> prompts,
    OptionalLong maxAge,
    Optional<String> loginHint,
    Optional<String> subject,
    Optional<String> key,
    Optional<String> pushed,
    Optional<Device> device,
    boolean secondFactor) {
  static final String NONE = "none";
  static final String LOGIN = "login";
  static final String CONSENT = "consent";
  static final String SELECT_ACCOUNT = "select_account";

  /// What a page of this server wants, of which nobody else is told who has signed in.
  ///
  /// @param path where it is
  /// @param subject the account that is to prove who it is, if one is signed in, with a second factor if it has one
  static AuthorizationRequest ofOwnPage(
      String client, String path, Optional<String> loginHint, Optional<String> subject) {
    return new AuthorizationRequest(
        client,
        path,
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        false,
        "",
        Optional.empty(),
        subject.isPresent() ? Set.of(LOGIN) : Set.of(),
        OptionalLong.empty(),
        loginHint,
        subject,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        subject.isPresent());
  }

  /// A device without a browser.
  ///
  /// @param id by which it is known here
  /// @param userCode that it shows
  /// @param address from which it asked
  /// @param agent what it says that it is
  record Device(String id, String userCode, String address, String agent) {
    private Map<String, String> members() {
      return Map.of("id", id, "userCode", userCode, "address", address, "agent", agent);
    }

    private static Device read(Map<?, ?> members) {
      return new Device(
          String.valueOf(members.get("id")),
          String.valueOf(members.get("userCode")),
          String.valueOf(members.get("address")),
          String.valueOf(members.get("agent")));
    }
  }

  /// The same, once a browser has come with the code that the device shows.
  AuthorizationRequest onDevice(String id, String userCode) {
    return new AuthorizationRequest(
        client,
        redirectUri,
        scopes,
        state,
        nonce,
        formPost,
        challenge,
        resource,
        prompts,
        maxAge,
        loginHint,
        subject,
        key,
        pushed,
        device.map(asked -> new Device(id, userCode, asked.address(), asked.agent())),
        secondFactor);
  }

  /// Whether the client wants to know when somebody proved who they are.
  boolean wantsProof() {
    return asksFor(LOGIN) || maxAge.isPresent();
  }

  boolean asksFor(String prompt) {
    return prompts.contains(prompt);
  }

  /// To be kept while people answer.
  String json() {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("client", client);
    members.put("redirectUri", redirectUri);
    members.put("scopes", scopes.stream().toList());
    members.put("state", state.orElse(null));
    members.put("nonce", nonce.orElse(null));
    members.put("formPost", formPost);
    members.put("challenge", challenge);
    members.put("resource", resource.orElse(null));
    members.put("prompts", prompts.stream().toList());
    members.put("maxAge", maxAge.isPresent() ? maxAge.getAsLong() : null);
    members.put("loginHint", loginHint.orElse(null));
    members.put("subject", subject.orElse(null));
    members.put("key", key.orElse(null));
    members.put("pushed", pushed.orElse(null));
    members.put("device", device.map(Device::members).orElse(null));
    members.put("secondFactor", secondFactor);
    return new String(Json.bytes(json -> Json.write(json, members)), StandardCharsets.UTF_8);
  }

  static AuthorizationRequest read(String json) {
    Map<?, ?> members =
        (Map<?, ?>) Objects.requireNonNull(Json.read(json.getBytes(StandardCharsets.UTF_8)));
    return new AuthorizationRequest(
        String.valueOf(members.get("client")),
        String.valueOf(members.get("redirectUri")),
        texts(members, "scopes"),
        text(members, "state"),
        text(members, "nonce"),
        Boolean.TRUE.equals(members.get("formPost")),
        String.valueOf(members.get("challenge")),
        text(members, "resource"),
        texts(members, "prompts"),
        members.get("maxAge") instanceof Long seconds
            ? OptionalLong.of(seconds)
            : OptionalLong.empty(),
        text(members, "loginHint"),
        text(members, "subject"),
        text(members, "key"),
        text(members, "pushed"),
        members.get("device") instanceof Map<?, ?> asked
            ? Optional.of(Device.read(asked))
            : Optional.empty(),
        Boolean.TRUE.equals(members.get("secondFactor")));
  }

  private static Optional<String> text(Map<?, ?> members, String name) {
    return Optional.ofNullable((String) members.get(name));
  }

  private static Set<String> texts(Map<?, ?> members, String name) {
    Set<String> texts = new LinkedHashSet<>();
    if (members.get(name) instanceof Collection<?> values) {
      values.forEach(value -> texts.add(String.valueOf(value)));
    }
    return texts;
  }
}
