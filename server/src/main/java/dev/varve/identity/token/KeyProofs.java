package dev.varve.identity.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.KeyChallenge;
import dev.varve.kernel.Problem;
import dev.varve.kernel.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Proofs that whoever sends a request has a key (DPoP, RFC 9449): a JWT in the header `DPoP`, for this request alone.
///
/// ```
/// header  {"typ": "dpop+jwt", "alg": "ES256", "jwk": {...}}
/// claims  {"jti": "...", "htm": "GET", "htu": "https://shop.example/api/orders", "iat": seconds, "nonce": "...", "ath": "..."}
/// ```
///
/// A proof names a nonce of this server, which follows from the time and a key: no proof is good before its nonce was given out.
///
/// | | key of the nonces | what has come |
/// |---|---|---|
/// | one process ([#ofOneProcess]) | its own: no proof from before a restart is good after it | is known in memory |
/// | several nodes ([#ofNodes]) | common to all: each takes the nonces of the others | is known to all of them |
public final class KeyProofs {
  /// The header of a proof, the scheme of a token that takes one, and the header of a nonce.
  public static final String HEADER = "DPoP";

  private static final String TYPE = "dpop+jwt";
  // how far apart clocks may be, and how long a request may take to arrive
  private static final Duration APART_MAX = Duration.ofSeconds(30);
  // each is good for one more
  private static final Duration NONCE_CHANGES = Duration.ofMinutes(5);
  private static final int ID_LENGTH_MAX = 256;
  // that of an RSA key of 4,096 bits takes about 1,000
  private static final int HEADER_LENGTH_MAX = 2_048;
  // of the keys of clients that are there at a time, of about two kilobytes each
  private static final int KEYS_MAX = 10_000;
  private static final Duration KEYS_KEPT = Duration.ofMinutes(10);
  // 16,000 a second for as long as one is good, in about 34 megabytes
  private static final int SEEN_MAX = 1_000_000;
  private static final int SECRET_BYTES = 32;
  private static final Duration GOOD_MAX = APART_MAX.multipliedBy(2);

  private final List<HttpTarget> addresses;
  private final Clock clock;
  private final byte[] secret;
  private final Spent elsewhere;
  private final SeenOnce seen = new SeenOnce(GOOD_MAX, SEEN_MAX);
  private final Cache<String, Known> keys =
      Caffeine.newBuilder().maximumSize(KEYS_MAX).expireAfterAccess(KEYS_KEPT).build();
  private volatile Nonces nonces = new Nonces(-1, "", "", "");

  private KeyProofs(Set<String> addresses, Clock clock, byte[] secret, Spent elsewhere) {
    this.addresses =
        addresses.stream().flatMap(address -> HttpTarget.of(address).stream()).toList();
    this.clock = clock;
    this.secret = secret;
    this.elsewhere = elsewhere;
  }

  /// Those of a server that is one process.
  ///
  /// @param addresses of this server: URLs, whose origins proofs may name. Where one has a path, a proxy takes it from requests
  public static KeyProofs ofOneProcess(Set<String> addresses, Clock clock, SecureRandom random) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new KeyProofs(addresses, clock, secret, (_, _, _) -> true);
  }

  /// Those of a server that may be several nodes.
  ///
  /// @param secret that all nodes have, and nobody else
  /// @param elsewhere where all nodes note what has come
  public static KeyProofs ofNodes(
      Set<String> addresses, Clock clock, byte[] secret, Spent elsewhere) {
    return new KeyProofs(addresses, clock, secret.clone(), elsewhere);
  }

  /// Where all nodes note which proofs have come.
  @FunctionalInterface
  public interface Spent {
    /// @param id of a proof
    /// @param until when it could come again
    /// @return whether it had not come before
    boolean spend(byte[] id, Instant now, Instant until);
  }

  /// A header that was read, and the key in it.
  private record Known(JWSHeader header, ForeignKey key) {}

  /// Those that are good in a span of time.
  private record Nonces(long number, String current, String before, String next) {}

  /// A request that a proof came with.
  ///
  /// @param origin as its client says: it counts on this machine alone
  /// @param path as it came
  public record Sent(String method, String origin, String path) {}

  /// A proof that is good, and has not been used yet.
  ///
  /// @param thumbprint of the key (RFC 7638)
  /// @param id by which it is known once it is used
  @SuppressWarnings("ArrayRecordComponent") // used, never compared
  public record Good(String thumbprint, byte[] id) {}

  /// Looks at a proof, which is then used.
  ///
  /// @param token that the request came with
  /// @return the thumbprint of the key (RFC 7638)
  /// @throws Problem UNAUTHENTICATED with a challenge
  public String verify(String proof, Sent sent, Optional<String> token) {
    Good good = look(proof, sent, token);
    use(good);
    return good.thumbprint();
  }

  /// Looks at a proof. Its claims come first, which cost nothing: whoever sends a key decides how long it takes to verify with it.
  ///
  /// @param token that the request came with; nothing at the token endpoint
  /// @throws Problem UNAUTHENTICATED with a challenge
  public Good look(String proof, Sent sent, Optional<String> token) {
    SignedByOther signed =
        SignedByOther.parse(proof, this::header)
            .orElseThrow(() -> wrong("it is no signed JWT, or more than one came"));
    requireClaims(signed, sent, token, clock.instant());
    // all proofs with a key begin with the same header, so that is read once
    Known known = keys.getIfPresent(signed.headerText());
    ForeignKey key = known == null ? key(signed) : known.key();
    if (!key.verifies(signed)) {
      throw wrong("its signature is wrong");
    }
    if (known == null) {
      // kept for who has the secret key alone
      keys.put(signed.headerText(), new Known(signed.header(), key));
    }
    return new Good(key.thumbprint(), id(key, signed));
  }

  private Optional<JWSHeader> header(String text) {
    return Optional.ofNullable(keys.getIfPresent(text)).map(Known::header);
  }

  private static ForeignKey key(SignedByOther signed) {
    if (signed.headerText().length() > HEADER_LENGTH_MAX) {
      throw wrong("its header is longer than %,d characters".formatted(HEADER_LENGTH_MAX));
    }
    JWSHeader header = signed.header();
    if (!signed.type().equals(Optional.of(TYPE))) {
      throw wrong("its typ must be dpop+jwt");
    }
    if (header.getJWK() == null) {
      throw wrong("its header has no public key (jwk)");
    }
    try {
      return ForeignKey.strong(header.getJWK(), header.getAlgorithm());
    } catch (ForeignKey.Unusable e) {
      throw wrong("its key is not good: " + e.getMessage());
    }
  }

  private void requireClaims(SignedByOther signed, Sent sent, Optional<String> token, Instant now) {
    if (!signed.text("htm").equals(Optional.of(sent.method()))) {
      throw wrong("htm is not the method of the request");
    }
    if (!isTarget(signed.text("htu").orElse(""), sent)) {
      throw wrong("htu is not the URL of the request");
    }
    if (token.isPresent() && !isHash(signed.text("ath").orElse(""), token.get())) {
      throw wrong("ath is not the hash of the access token");
    }
    if (!isNonce(signed.text("nonce").orElse(""), now)) {
      throw Problem.badProof(
          "The proof of the key takes the nonce that stands in the header DPoP-Nonce of this answer: make another one with it",
          new KeyChallenge("use_dpop_nonce", ForeignKey.STRONG_NAMES, Optional.of(nonce(now))));
    }
    if (!isNow(signed, now)) {
      throw wrong("iat is missing, or not now: look at the clock");
    }
  }

  private boolean isTarget(String htu, Sent sent) {
    String url = sent.origin() + sent.path();
    Optional<HttpTarget> named = HttpTarget.of(htu);
    Optional<HttpTarget> actual = htu.equals(url) ? named : HttpTarget.of(url);
    if (named.isEmpty() || actual.isEmpty()) {
      return false;
    }
    HttpTarget target = named.get();
    HttpTarget to = actual.get();
    return addresses.stream().anyMatch(address -> leadsTo(address, target, to.path()))
        || (to.isThisMachine() && to.equals(target));
  }

  /// Whether a URL below one of the addresses of this server leads to a path, with the path of the address or without it.
  private static boolean leadsTo(HttpTarget address, HttpTarget target, String path) {
    return address.origin().equals(target.origin())
        && (target.path().equals(path) || target.path().equals(address.below(path)));
  }

  private static boolean isHash(String ath, String token) {
    return same(ath, Base64URL.encode(OpaqueToken.sha256(token)).toString());
  }

  private boolean isNonce(String nonce, Instant now) {
    Nonces good = nonces(now);
    boolean current = same(nonce, good.current());
    boolean before = same(nonce, good.before());
    // of a node whose clock is a moment ahead: nobody else can name it
    boolean next = same(nonce, good.next());
    return current || before || next;
  }

  private static boolean same(String some, String other) {
    return MessageDigest.isEqual(
        some.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isNow(SignedByOther signed, Instant now) {
    try {
      return signed
          .seconds("iat")
          .filter(at -> Math.abs(at - now.getEpochSecond()) <= APART_MAX.toSeconds())
          .isPresent();
    } catch (IllegalArgumentException e) {
      return false; // no instant
    }
  }

  private static byte[] id(ForeignKey key, SignedByOther signed) {
    String id =
        signed
            .text("jti")
            .filter(text -> text.length() <= ID_LENGTH_MAX)
            .orElseThrow(() -> wrong("jti is missing, or longer than %d".formatted(ID_LENGTH_MAX)));
    return Sha256.of(key.thumbprint() + " " + id);
  }

  /// Uses a proof.
  ///
  /// @throws Problem UNAUTHENTICATED with a challenge when it has been used before
  public void use(Good proof) {
    Instant now = clock.instant();
    switch (seen.see(ByteBuffer.wrap(proof.id()).getLong(), now)) {
      case FIRST -> {}
      case AGAIN -> throw again();
      case FULL -> throw new Problem(ErrorCode.OVERLOADED, "Too many proofs of keys at a time");
    }
    if (!elsewhere.spend(proof.id(), now, now.plus(GOOD_MAX))) {
      throw again();
    }
  }

  private static Problem again() {
    return wrong("it has been used before: make another one for each request");
  }

  /// The nonce that proofs take now.
  public String nonce() {
    return nonce(clock.instant());
  }

  private String nonce(Instant at) {
    return nonces(at).current();
  }

  private Nonces nonces(Instant at) {
    long number = at.getEpochSecond() / NONCE_CHANGES.toSeconds();
    Nonces known = nonces;
    if (known.number() != number) {
      // two that are made at once are equal
      known = new Nonces(number, nonce(number), nonce(number - 1), nonce(number + 1));
      nonces = known;
    }
    return known;
  }

  private String nonce(long number) {
    return OpaqueToken.derived(secret, "nonce " + number).text();
  }

  /// What is told of one that is missing.
  public static Problem missing(String message) {
    return Problem.badProof(
        message, new KeyChallenge("invalid_dpop_proof", ForeignKey.STRONG_NAMES, Optional.empty()));
  }

  private static Problem wrong(String reason) {
    return missing("The proof of the key (DPoP) is not good: " + reason);
  }
}
