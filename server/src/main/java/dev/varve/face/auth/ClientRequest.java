package dev.varve.face.auth;

import dev.varve.identity.client.ClientAdministration;
import dev.varve.identity.client.ClientCertificate;
import dev.varve.identity.client.ClientDescription;
import dev.varve.identity.client.ClientFeatures;
import dev.varve.identity.client.ConsentPolicy;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What an administrator wants a client to be. What it says of itself is judged by [ClientDescription], as that of the settings is.
///
/// @param id nothing for one that is made up
/// @param confidential whether it gets a secret
record ClientRequest(Optional<String> id, ClientDescription description, boolean confidential) {
  private static final ClientDescription BLANK =
      new ClientDescription(
          "",
          List.of(),
          List.of(),
          List.of("openid"),
          List.of("authorization_code", "refresh_token"),
          ConsentPolicy.ASK,
          ClientFeatures.NONE);

  /// What may be changed.
  static final List<Member> CHANGES =
      List.of(
          Member.text("title").optional(),
          Member.of("redirectUris", new Route.Type.Texts()).optional(),
          Member.of("logoutUris", new Route.Type.Texts()).optional(),
          Member.of("scopes", new Route.Type.Texts()).optional(),
          Member.of("grants", new Route.Type.Texts()).optional(),
          Member.text("consent").optional(),
          Member.of(ClientFeatures.JWKS, new Route.Type.AnyObject()).orNull().optional(),
          Member.text(ClientFeatures.JWKS_URI).orNull().optional(),
          Member.of(ClientFeatures.PUSHED_REQUESTS, new Route.Type.Truth()).optional(),
          Member.of(ClientFeatures.BOUND_TOKENS, new Route.Type.Truth()).optional(),
          Member.of(ClientFeatures.SIGNED_USER_INFO, new Route.Type.Truth()).optional(),
          Member.text(ClientFeatures.BACKCHANNEL_LOGOUT_URI).orNull().optional(),
          Member.of(ClientFeatures.CERTIFICATE, new Route.Type.AnyObject()).orNull().optional(),
          Member.of(ClientFeatures.CERTIFICATE_BOUND_TOKENS, new Route.Type.Truth()).optional());

  static final List<Member> MEMBERS =
      Stream.concat(
              Stream.of(
                  Member.text("title"),
                  Member.text("id").optional(),
                  Member.of("confidential", new Route.Type.Truth()).optional()),
              CHANGES.stream().skip(1))
          .toList();

  static final List<Member> ROTATION =
      List.of(Member.of("overlapSeconds", new Route.Type.Count()).optional());

  /// @throws dev.varve.kernel.Problem VALIDATION_ERROR with everything whose form is wrong
  static ClientRequest of(Request request) {
    JsonBody body = JsonBody.of(request, MEMBERS);
    Optional<String> id = body.has("id") ? Optional.of(text(body, "id", "")) : Optional.empty();
    boolean confidential = truth(body, "confidential", false);
    ClientDescription description = merged(body, BLANK);
    body.check();
    return new ClientRequest(id, description, confidential);
  }

  /// What of a client is to be changed.
  ///
  /// @throws dev.varve.kernel.Problem VALIDATION_ERROR with everything whose form is wrong
  static UnaryOperator<ClientDescription> change(Request request) {
    JsonBody body = JsonBody.of(request, CHANGES);
    merged(body, BLANK);
    body.check();
    return before -> merged(body, before);
  }

  private static ClientDescription merged(JsonBody body, ClientDescription before) {
    return new ClientDescription(
        text(body, "title", before.title()),
        texts(body, "redirectUris", before.redirectUris(), ClientDescription.URIS_MAX),
        texts(body, "logoutUris", before.logoutUris(), ClientDescription.URIS_MAX),
        texts(body, "scopes", before.scopes(), ClientDescription.SCOPES_MAX),
        texts(body, "grants", before.grants(), ClientDescription.SCOPES_MAX),
        consent(body, before.consent()),
        features(body, before.features()));
  }

  private static ClientFeatures features(JsonBody body, ClientFeatures before) {
    return new ClientFeatures(
        keys(body, before.jwks()),
        textOrNull(body, ClientFeatures.JWKS_URI, before.jwksUri()),
        truth(body, ClientFeatures.PUSHED_REQUESTS, before.pushedRequests()),
        truth(body, ClientFeatures.BOUND_TOKENS, before.boundTokens()),
        truth(body, ClientFeatures.SIGNED_USER_INFO, before.signedUserInfo()),
        textOrNull(body, ClientFeatures.BACKCHANNEL_LOGOUT_URI, before.backchannelLogoutUri()),
        certificate(body, before.certificate()),
        truth(body, ClientFeatures.CERTIFICATE_BOUND_TOKENS, before.certificateBoundTokens()));
  }

  private static ClientCertificate certificate(JsonBody body, ClientCertificate otherwise) {
    if (!body.has(ClientFeatures.CERTIFICATE)) {
      return otherwise;
    }
    @Nullable Object given = body.rest().get(ClientFeatures.CERTIFICATE);
    if (given == null) {
      return ClientCertificate.NONE;
    }
    ClientCertificate read = ClientCertificate.read(given);
    if (!(given instanceof Map<?, ?> members) || !read.members().equals(members)) {
      body.wrong(
          ClientFeatures.CERTIFICATE,
          "must be an object with one of subjectDn, sanDns, sanUri, sanIp, sanEmail, and selfSigned");
    }
    return read;
  }

  private static String keys(JsonBody body, String otherwise) {
    if (!body.has(ClientFeatures.JWKS)) {
      return otherwise;
    }
    @Nullable Object given = body.rest().get(ClientFeatures.JWKS);
    return given == null ? "" : body.object(ClientFeatures.JWKS);
  }

  /// Nothing takes it away.
  private static String textOrNull(JsonBody body, String name, String otherwise) {
    return body.has(name) && body.rest().get(name) == null ? "" : text(body, name, otherwise);
  }

  private static String text(JsonBody body, String name, String otherwise) {
    if (!body.has(name)) {
      return otherwise;
    }
    if (body.rest().get(name) instanceof String text) {
      return text;
    }
    body.wrong(name, "must be text");
    return otherwise;
  }

  private static List<String> texts(
      JsonBody body, String name, List<String> otherwise, int countMax) {
    if (!body.has(name)) {
      return otherwise;
    }
    List<String> texts = new ArrayList<>();
    @Nullable Object given = body.rest().get(name);
    boolean good = given instanceof List<?> values && values.size() <= countMax;
    if (good && given instanceof List<?> values) {
      for (Object value : values) {
        good &= value instanceof String;
        texts.add(String.valueOf(value));
      }
    }
    if (!good) {
      body.wrong(name, "must be a list of at most %d texts".formatted(countMax));
      return otherwise;
    }
    return texts.stream().distinct().toList();
  }

  private static ConsentPolicy consent(JsonBody body, ConsentPolicy otherwise) {
    String text = text(body, "consent", otherwise.name());
    return Arrays.stream(ConsentPolicy.values())
        .filter(policy -> policy.name().equals(text))
        .findFirst()
        .orElseGet(() -> {
          body.wrong("consent", "must be ASK or NEVER");
          return otherwise;
        });
  }

  private static boolean truth(JsonBody body, String name, boolean otherwise) {
    if (!body.has(name)) {
      return otherwise;
    }
    if (body.rest().get(name) instanceof Boolean truth) {
      return truth;
    }
    body.wrong(name, "must be true or false");
    return otherwise;
  }

  /// How long the secrets before go on being good.
  ///
  /// @throws dev.varve.kernel.Problem VALIDATION_ERROR
  static Duration overlap(Request request) {
    JsonBody body = JsonBody.of(request, ROTATION);
    long secondsMax = ClientAdministration.OVERLAP_MAX.toSeconds();
    @Nullable Object given =
        body.has("overlapSeconds")
            ? body.rest().get("overlapSeconds")
            : (Object) ClientAdministration.OVERLAP.toSeconds();
    if (given instanceof Long seconds && seconds >= 0 && seconds <= secondsMax) {
      body.check();
      return Duration.ofSeconds(seconds);
    }
    body.wrong(
        "overlapSeconds",
        "must be a whole number of seconds from 0, which ends the others at once, to %,d"
            .formatted(secondsMax));
    body.check();
    return ClientAdministration.OVERLAP;
  }
}
