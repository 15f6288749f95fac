package dev.varve.identity.provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseMode;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.Prompt;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import dev.varve.identity.provider.Discovery.Known;
import dev.varve.identity.provider.IdentityProvider.Line;
import dev.varve.net.outgoing.OutgoingCalls.Call;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// OpenID Connect Core 1.0, section 3.1, and what some providers do in their own way.
record OpenIdDialect(Line line, Discovery discovery) implements Dialect {
  // those that a provider signs with and nobody else can: none by which the secret of this server
  // would sign
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512,
          JWSAlgorithm.EdDSA,
          JWSAlgorithm.Ed25519);
  // as much as an ID token may be ahead (IDTokenValidator)
  private static final Duration CLOCKS_DIFFER_MAX = Duration.ofMinutes(1);
  private static final String EMAIL_VERIFIED = "email_verified";
  private static final String EMAIL_VERIFIED_AT_MICROSOFT = "xms_edov";
  private static final Set<String> OF_EMAIL =
      Set.of("email", EMAIL_VERIFIED, EMAIL_VERIFIED_AT_MICROSOFT);
  private static final Pattern TENANT =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /// Whether it is the id of an organisation at Microsoft.
  static boolean isTenant(String text) {
    return TENANT.matcher(text).matches();
  }

  @Override
  public URI authorization(Trip trip) throws ProviderFailed {
    AuthenticationRequest.Builder request =
        new AuthenticationRequest.Builder(ResponseType.CODE, scope(), client(), trip.redirectUri())
            .endpointURI(discovery.known().metadata().getAuthorizationEndpointURI())
            .state(new State(trip.state()))
            .nonce(trip.nonce())
            .codeChallenge(trip.verifier(), CodeChallengeMethod.S256);
    if (line.settings().preset() == Preset.APPLE) {
      // it tells the name and the address in no other way
      request.responseMode(ResponseMode.FORM_POST);
    }
    if (line.settings().keepTokens() && line.settings().preset() == Preset.GOOGLE) {
      // it gives nothing else that gets the next tokens
      request.customParameter("access_type", "offline");
    }
    if (asksAgain(trip)) {
      // with both: GitLab passes over an age of nothing, and who is asked for an age must tell the
      // time
      request.prompt(Prompt.Type.LOGIN).maxAge(0);
    }
    return request.build().toURI();
  }

  private boolean asksAgain(Trip trip) {
    return trip.again() && line.settings().asksAgain();
  }

  private Scope scope() {
    Scope scope = new Scope("openid");
    line.settings().askedScopes().forEach(scope::add);
    return scope;
  }

  private ClientID client() {
    return new ClientID(line.settings().clientId());
  }

  @Override
  public void requireIssuer(Optional<String> issuer) throws ProviderFailed {
    OIDCProviderMetadata metadata = discovery.known().metadata();
    if (issuer.isEmpty()) {
      if (metadata.supportsAuthorizationResponseIssuerParam()) {
        throw ProviderFailed.wrong("its answer does not say whose it is");
      }
      return;
    }
    String[] own = metadata.getIssuer().getValue().split(Pattern.quote(Discovery.ANY_TENANT), 2);
    boolean fits =
        own.length == 1
            ? own[0].equals(issuer.get())
            : issuer.get().startsWith(own[0])
                && issuer.get().endsWith(own[1])
                && isTenant(
                    issuer
                        .get()
                        .substring(own[0].length(), issuer.get().length() - own[1].length()));
    if (!fits) {
      throw ProviderFailed.wrong("its answer says that it is another's");
    }
  }

  @Override
  public CodeExchange exchange() throws ProviderFailed {
    OIDCProviderMetadata metadata = discovery.known().metadata();
    return new CodeExchange(line, metadata.getTokenEndpointURI(), takesForm(metadata));
  }

  @Override
  public Came somebody(Trip trip, AuthorizationCode code, Map<String, String> answer)
      throws ProviderFailed {
    Known known = discovery.known();
    OIDCTokens tokens = tokens(trip, code);
    if (!(tokens.getIDToken() instanceof SignedJWT idToken)) {
      throw ProviderFailed.wrong("its ID token is not signed");
    }
    IDTokenClaimsSet believed = believed(trip, idToken, known);
    Claims claims = claims(believed);
    Somebody somebody =
        somebody(
            believed.getIssuer().getValue(),
            withUserInfo(claims, tokens, known),
            provenAt(trip, claims),
            answer);
    return new Came(somebody, tokens);
  }

  /// When somebody proved who they are, by the token alone: nothing else of what a provider tells is signed. Where the provider was not
  /// made to ask, it may tell of another browser of theirs.
  private Optional<Instant> provenAt(Trip trip, Claims idToken) {
    Instant now = line.clock().instant();
    return asksAgain(trip)
        ? idToken
            .instant("auth_time")
            .filter(told -> !told.isAfter(now.plus(CLOCKS_DIFFER_MAX)))
            .map(told -> latest(told, now))
        : Optional.empty();
  }

  /// It is told in whole seconds, and was at any moment of that one: what had begun in the same second came before.
  private static Instant latest(Instant told, Instant now) {
    Instant end = told.plusSeconds(1);
    return end.isAfter(now) ? now : end;
  }

  private OIDCTokens tokens(Trip trip, AuthorizationCode code) throws ProviderFailed {
    HTTPResponse reply = exchange().reply(trip, code);
    try {
      TokenResponse response = OIDCTokenResponseParser.parse(reply);
      if (response instanceof OIDCTokenResponse success) {
        return success.getOIDCTokens();
      }
      throw ProviderFailed.wrong(
          "it gives no tokens for the code: %s"
              .formatted(response.toErrorResponse().getErrorObject().getCode()));
    } catch (ParseException e) {
      throw ProviderFailed.wrong("its answer with tokens is not understood");
    }
  }

  /// Basic is what a provider takes that says nothing of it (OpenID Connect Discovery 1.0, section 3).
  private static boolean takesForm(OIDCProviderMetadata metadata) {
    List<ClientAuthenticationMethod> methods = metadata.getTokenEndpointAuthMethods();
    return methods != null
        && !methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
        && methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST);
  }

  /// The claims of an ID token, after all that section 3.1.3.7 wants. Keys may have changed since they were asked for.
  private IDTokenClaimsSet believed(Trip trip, SignedJWT token, Known known) throws ProviderFailed {
    Set<JWSAlgorithm> algorithms = algorithms(known.metadata());
    if (!algorithms.contains(token.getHeader().getAlgorithm())) {
      throw ProviderFailed.wrong("its ID token is signed with an algorithm that is not its own");
    }
    Issuer issuer = issuer(token, known.metadata());
    boolean keyIsKnown =
        token.getHeader().getKeyID() == null
            || known.keys().getKeyByKeyId(token.getHeader().getKeyID()) != null;
    Known current = keyIsKnown ? known : discovery.withNewKeys(known).orElse(known);
    IDTokenValidator validator =
        new IDTokenValidator(
            issuer,
            client(),
            new JWSVerificationKeySelector<SecurityContext>(
                algorithms, new ImmutableJWKSet<>(current.keys())),
            null);
    try {
      IDTokenClaimsSet claims = validator.validate(token, trip.nonce());
      requireParty(claims);
      return claims;
    } catch (BadJOSEException | JOSEException e) {
      String said = String.valueOf(e.getMessage());
      throw ProviderFailed.wrong(
          "its ID token is not to be believed: "
              + (said.contains("nonce") ? "it is not for this trip" : said));
    }
  }

  private static Set<JWSAlgorithm> algorithms(OIDCProviderMetadata metadata) {
    Set<JWSAlgorithm> own = new HashSet<>(ALGORITHMS);
    own.retainAll(
        metadata.getIDTokenJWSAlgs() == null
            ? List.of(JWSAlgorithm.RS256)
            : metadata.getIDTokenJWSAlgs());
    return own;
  }

  /// One that is for others too says for whom it was made.
  private void requireParty(IDTokenClaimsSet claims) throws ProviderFailed {
    boolean needed = claims.getAudience().size() > 1;
    if (claims.getAuthorizedParty() == null
        ? needed
        : !client().getValue().equals(claims.getAuthorizedParty().getValue())) {
      throw ProviderFailed.wrong("its ID token was made for another");
    }
  }

  /// Who must have issued the token: what it says of that itself is only used to choose among the issuers of this provider.
  private Issuer issuer(JWT token, OIDCProviderMetadata metadata) throws ProviderFailed {
    String own = metadata.getIssuer().getValue();
    try {
      return new Issuer(
          switch (line.settings().preset()) {
            case MICROSOFT -> own.replace(Discovery.ANY_TENANT, tenant(token));
            // it leaves the scheme out now and then
            case GOOGLE ->
                own.equals("https://" + token.getJWTClaimsSet().getIssuer())
                        || own.equals("http://" + token.getJWTClaimsSet().getIssuer())
                    ? token.getJWTClaimsSet().getIssuer()
                    : own;
            case OPENID, GITHUB, APPLE, GITLAB, DISCORD -> own;
          });
    } catch (java.text.ParseException e) {
      throw ProviderFailed.wrong("its ID token is not understood");
    }
  }

  private static String tenant(JWT token) throws java.text.ParseException, ProviderFailed {
    String tenant = token.getJWTClaimsSet().getStringClaim("tid");
    if (tenant == null || !isTenant(tenant)) {
      throw ProviderFailed.wrong("its ID token names no organisation");
    }
    return tenant;
  }

  private static Claims claims(IDTokenClaimsSet believed) throws ProviderFailed {
    return Claims.read(believed.toJSONString());
  }

  /// With what the provider tells elsewhere, when the token does not tell the address (OpenID Connect Core 1.0, section 5.3).
  private Claims withUserInfo(Claims claims, OIDCTokens tokens, Known known) throws ProviderFailed {
    URI url = known.metadata().getUserInfoEndpointURI();
    if (claims.text("email").isPresent() || url == null || tokens.getAccessToken() == null) {
      return claims;
    }
    Map<String, String> headers =
        Map.of(
            "Accept",
            "application/json",
            "Authorization",
            "Bearer " + tokens.getAccessToken().getValue());
    Claims told = Claims.read(line.get(new Call("GET", url, headers, "")));
    if (!told.text("sub").equals(claims.text("sub"))) {
      throw ProviderFailed.wrong("it tells of somebody else than its ID token");
    }
    Map<String, Object> all = new HashMap<>(claims.members());
    // whether an address is theirs is said by who says the address, and by nobody else
    all.keySet().removeAll(OF_EMAIL);
    told.members().forEach(all::putIfAbsent);
    return new Claims(all);
  }

  private Somebody somebody(
      String issuer, Claims claims, Optional<Instant> provenAt, Map<String, String> answer)
      throws ProviderFailed {
    ProviderSettings settings = line.settings();
    boolean microsoft = settings.preset() == Preset.MICROSOFT;
    // what Microsoft calls `sub` is another for each application
    String subject = claims.text(microsoft ? "oid" : "sub").orElse("");
    if (!Somebody.isSubject(subject)) {
      throw ProviderFailed.wrong("its ID token names nobody");
    }
    Optional<String> email = claims.email("email");
    // whoever has an account at Microsoft can write any address into it, unless the domain was
    // proven to be the organisation's
    boolean verified = claims.isTrue(microsoft ? EMAIL_VERIFIED_AT_MICROSOFT : EMAIL_VERIFIED);
    return new Somebody(
        settings.name(),
        settings.preset() == Preset.GOOGLE && !issuer.contains("://")
            ? line.settings().base().toString()
            : issuer,
        subject,
        email,
        email.isPresent() && (verified || settings.trustsEmail()),
        name(claims, answer),
        provenAt,
        Optional.empty());
  }

  private Optional<String> name(Claims claims, Map<String, String> answer) throws ProviderFailed {
    Optional<String> name = claims.name("name").or(() -> claims.name("given_name", "family_name"));
    if (name.isPresent() || line.settings().preset() != Preset.APPLE) {
      return name;
    }
    // told once, beside the token and unsigned: good enough for what somebody is called
    String told = answer.getOrDefault("user", "");
    return told.isEmpty()
        ? Optional.empty()
        : Claims.of(Claims.plain(told))
            .flatMap(user -> user.object("name"))
            .flatMap(user -> user.name("firstName", "lastName"));
  }
}
