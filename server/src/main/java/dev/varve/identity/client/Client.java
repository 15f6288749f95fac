package dev.varve.identity.client;

import dev.varve.identity.token.OpaqueToken;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// An application that signs people in with Varve.
///
/// @param id its `client_id`
/// @param title what people are told it is called
/// @param redirectUris where browsers are sent back to it
/// @param logoutUris where they may be sent when somebody has signed out
/// @param scopes what it may ask for
/// @param secrets by which it proves itself; none of a public client
/// @param asks whether people are asked before it is let in
/// @param origin who said all that
/// @param goodSince what it was given before is worth nothing
/// @param profile what it does beyond what most do
public record Client(
    String id,
    String title,
    List<String> redirectUris,
    List<String> logoutUris,
    Set<String> scopes,
    Set<GrantType> grants,
    List<ClientSecret> secrets,
    boolean asks,
    Origin origin,
    Instant goodSince,
    ClientProfile profile) {
  static final int SECRET_LENGTH_MIN = 32;

  // enough that nobody finds a title or an address with the mark of another
  private static final int MARK_LENGTH = 16;

  /// Who said what a client is.
  public enum Origin {
    /// `varve.yaml`.
    SETTINGS,
    /// An administrator.
    ADMINISTRATOR,
    /// The client itself, when it registered (RFC 7591).
    REGISTERED,
    /// The client itself, at the URL that is its id.
    DOCUMENT
  }

  public Client {
    redirectUris = List.copyOf(redirectUris);
    logoutUris = List.copyOf(logoutUris);
    scopes = Set.copyOf(scopes);
    grants = Set.copyOf(grants);
    secrets = List.copyOf(secrets);
  }

  /// Varve itself, as people sign in to its own pages: it is given nothing, and asks nobody.
  public static Client ofOwnPages(String id) {
    return of(
        id,
        Origin.SETTINGS,
        new ClientDescription(
            "",
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            ConsentPolicy.NEVER,
            ClientFeatures.NONE),
        List.of(),
        Instant.EPOCH);
  }

  static Client of(ClientSettings settings, List<String> secrets) {
    return of(
        settings.id(),
        Origin.SETTINGS,
        settings.description(),
        secrets.stream().map(secret -> ClientSecret.of(secret, Instant.EPOCH)).toList(),
        Instant.EPOCH);
  }

  static Client of(
      String id,
      Origin origin,
      ClientDescription description,
      List<ClientSecret> secrets,
      Instant goodSince) {
    return new Client(
        id,
        description.title(),
        description.redirectUris(),
        description.logoutUris(),
        new LinkedHashSet<>(description.scopes()),
        // a grant of a later version, which stands in the database of an earlier one, is none
        description.grants().stream()
            .flatMap(value -> GrantType.of(value).stream())
            .collect(Collectors.toSet()),
        secrets,
        description.consent() == ConsentPolicy.ASK,
        origin,
        goodSince,
        description.features().profile());
  }

  /// What was said of it.
  public ClientDescription description() {
    return new ClientDescription(
        title,
        redirectUris,
        logoutUris,
        scopes.stream().sorted().toList(),
        grants.stream().map(GrantType::value).sorted().toList(),
        asks ? ConsentPolicy.ASK : ConsentPolicy.NEVER,
        profile.said());
  }

  /// The same, with those alone of its scopes.
  Client within(Set<String> others) {
    Set<String> left = new LinkedHashSet<>(scopes);
    left.retainAll(others);
    return new Client(
        id,
        title,
        redirectUris,
        logoutUris,
        left,
        grants,
        secrets,
        asks,
        origin,
        goodSince,
        profile);
  }

  /// Whether it can keep a secret (RFC 6749, section 2.1).
  public boolean confidential() {
    return !secrets.isEmpty() || profile.said().proves();
  }

  /// Whether a secret is one of its own; takes as long for each that is not.
  public boolean hasSecret(String secret, Instant at) {
    byte[] hash = OpaqueToken.sha256(secret);
    boolean found = false;
    for (ClientSecret known : secrets) {
      boolean same = known.is(hash);
      found |= same && known.goodAt(at);
    }
    return found;
  }

  /// What people are shown of it before they let it in, as marks: its title, and where they are sent. One that shows more than
  /// somebody has seen is asked for anew.
  public Set<String> shown() {
    Set<String> marks = new TreeSet<>();
    marks.add(mark("title " + title));
    redirectUris.forEach(uri -> marks.add(mark("to " + uri)));
    if (origin == Origin.DOCUMENT) {
      // whoever has its keys is it
      profile.keys().forEach(key -> marks.add(mark("key " + key.thumbprint())));
      profile.certificates().forEach(known -> marks.add(mark("certificate " + known.mark())));
      profile
          .certificate()
          .names()
          .forEach((kind, name) -> marks.add(mark(kind.member() + " " + name)));
      profile.keysAt().ifPresent(uri -> marks.add(mark("keys at " + uri)));
    }
    return marks;
  }

  /// The same as one mark, which a page carries that shows it.
  public String shownMark() {
    return mark(String.join(" ", shown()));
  }

  private static String mark(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(OpaqueToken.sha256(text))
        .substring(0, MARK_LENGTH);
  }

  /// Whether what it was given at an instant is still good: it was shut out since otherwise.
  public boolean mayUse(Instant givenAt) {
    return mayUse(givenAt, goodSince);
  }

  static boolean mayUse(Instant givenAt, Instant goodSince) {
    // tokens tell of seconds alone
    return !givenAt.isBefore(goodSince.truncatedTo(ChronoUnit.SECONDS));
  }

  public boolean mayBeSentTo(String redirectUri) {
    return redirectUris.stream().anyMatch(known -> RedirectUri.matches(known, redirectUri));
  }

  public boolean mayBeSentAfterLogout(String uri) {
    return logoutUris.stream().anyMatch(known -> RedirectUri.matches(known, uri));
  }
}
