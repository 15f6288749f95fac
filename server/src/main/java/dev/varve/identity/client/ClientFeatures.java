package dev.varve.identity.client;

import dev.varve.identity.token.ForeignCertificate;
import dev.varve.identity.token.ForeignKey;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.settings.WrongSetting;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a client does beyond what most do, as it is said of it; empty for what is not said.
///
/// @param jwks the keys with which it signs assertions, or those of its certificates, as JSON
/// @param jwksUri the URL at which they are
/// @param pushedRequests whether it must push its requests (RFC 9126)
/// @param boundTokens whether its access tokens must be bound to a key (RFC 9449)
/// @param signedUserInfo whether what it is told of who has signed in is signed
/// @param backchannelLogoutUri where it is told that a session has ended
/// @param certificate by which it is known
/// @param certificateBoundTokens whether its access tokens are bound to the certificate that it shows (RFC 8705, section 3)
public record ClientFeatures(
    String jwks,
    String jwksUri,
    boolean pushedRequests,
    boolean boundTokens,
    boolean signedUserInfo,
    String backchannelLogoutUri,
    ClientCertificate certificate,
    boolean certificateBoundTokens) {
  public static final ClientFeatures NONE =
      new ClientFeatures("", "", false, false, false, "", ClientCertificate.NONE, false);

  /// The names of what people may say of it, as in the settings.
  public static final String JWKS = "jwks";

  public static final String JWKS_URI = "jwksUri";
  public static final String PUSHED_REQUESTS = "pushedRequests";
  public static final String BOUND_TOKENS = "boundTokens";
  public static final String SIGNED_USER_INFO = "signedUserInfo";
  public static final String BACKCHANNEL_LOGOUT_URI = "backchannelLogoutUri";
  public static final String CERTIFICATE = "certificate";
  public static final String CERTIFICATE_BOUND_TOKENS = "certificateBoundTokens";

  /// Those of one that proves itself by keys, or by a certificate.
  static ClientFeatures proving(
      String jwks, String jwksUri, ClientCertificate certificate, boolean certificateBoundTokens) {
    return new ClientFeatures(
        jwks, jwksUri, false, false, false, "", certificate, certificateBoundTokens);
  }

  /// Whether it has keys of its own.
  boolean hasKeys() {
    return !jwks.isEmpty() || !jwksUri.isEmpty();
  }

  /// Whether it signs assertions.
  public boolean signs() {
    return hasKeys() && !certificate.selfSigned();
  }

  /// Whether it proves itself without a secret.
  public boolean proves() {
    return hasKeys() || !certificate.isNone();
  }

  /// What is wrong, each with its member.
  List<FieldError> mistakes() {
    List<FieldError> mistakes = new ArrayList<>();
    try {
      profile(Optional.empty(), Optional.empty());
    } catch (WrongSetting wrong) {
      mistakes.add(new FieldError(JWKS, wrong.says()));
    }
    if (!jwks.isEmpty() && !jwksUri.isEmpty()) {
      mistakes.add(new FieldError(JWKS_URI, "stands beside jwks: take one of both"));
    }
    addServer(mistakes, JWKS_URI, jwksUri);
    addServer(mistakes, BACKCHANNEL_LOGOUT_URI, backchannelLogoutUri);
    mistakes.addAll(certificate.mistakes(hasKeys()));
    return mistakes;
  }

  private static void addServer(List<FieldError> mistakes, String member, String uri) {
    Optional<String> wrong = uri.isEmpty() ? Optional.empty() : RedirectUri.wrongServer(uri);
    wrong.ifPresent(why -> mistakes.add(new FieldError(member, "is '%s': %s".formatted(uri, why))));
  }

  /// The addresses that this server asks for the client, by their members.
  Map<String, URI> asked() {
    Map<String, URI> asked = new TreeMap<>();
    uri(jwksUri).ifPresent(uri -> asked.put(JWKS_URI, uri));
    uri(backchannelLogoutUri).ifPresent(uri -> asked.put(BACKCHANNEL_LOGOUT_URI, uri));
    return asked;
  }

  private static Optional<URI> uri(String text) {
    return Optional.of(text).filter(uri -> !uri.isEmpty()).map(URI::create);
  }

  /// What follows from them, of those without a mistake.
  ClientProfile profile() {
    return profile(uri(jwksUri), uri(backchannelLogoutUri));
  }

  private ClientProfile profile(Optional<URI> keysAt, Optional<URI> logoutNotices) {
    return certificate.selfSigned()
        ? new ClientProfile(
            this, List.of(), ClientKeys.read(jwks, ForeignCertificate::of), keysAt, logoutNotices)
        : new ClientProfile(
            this, ClientKeys.read(jwks, ForeignKey::known), List.of(), keysAt, logoutNotices);
  }

  void putInto(Map<String, @Nullable Object> members) {
    members.put(JWKS, jwks.isEmpty() ? null : Json.read(jwks.getBytes(StandardCharsets.UTF_8)));
    members.put(JWKS_URI, orNull(jwksUri));
    members.put(PUSHED_REQUESTS, pushedRequests);
    members.put(BOUND_TOKENS, boundTokens);
    members.put(SIGNED_USER_INFO, signedUserInfo);
    members.put(BACKCHANNEL_LOGOUT_URI, orNull(backchannelLogoutUri));
    members.put(CERTIFICATE, certificate.isNone() ? null : certificate.members());
    members.put(CERTIFICATE_BOUND_TOKENS, certificateBoundTokens);
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /// Of one that was kept; what was not known then is not said.
  static ClientFeatures read(Map<?, ?> members) {
    return new ClientFeatures(
        json(members.get(JWKS)),
        text(members.get(JWKS_URI)),
        Boolean.TRUE.equals(members.get(PUSHED_REQUESTS)),
        Boolean.TRUE.equals(members.get(BOUND_TOKENS)),
        Boolean.TRUE.equals(members.get(SIGNED_USER_INFO)),
        text(members.get(BACKCHANNEL_LOGOUT_URI)),
        ClientCertificate.read(members.get(CERTIFICATE)),
        Boolean.TRUE.equals(members.get(CERTIFICATE_BOUND_TOKENS)));
  }

  /// An object as JSON; empty for none.
  static String json(@Nullable Object value) {
    return value == null
        ? ""
        : new String(Json.bytes(json -> Json.write(json, value)), StandardCharsets.UTF_8);
  }

  private static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }
}
