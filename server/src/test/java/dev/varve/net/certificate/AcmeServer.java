package dev.varve.net.certificate;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/// An authority that speaks ACME (RFC 8555) over plain HTTP on this machine: it verifies signatures, nonces and URLs, looks
/// whose a name is by a request (http-01) or a handshake (tls-alpn-01), and issues what a certification request asks for.
/// Every name leads to this machine.
public final class AcmeServer implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String VALIDATION = "1.3.6.1.5.5.7.1.31";
  private static final Base64.Decoder BASE64 = Base64.getUrlDecoder();

  private final TestAuthority authority;
  private final Clock clock;
  private final HttpServer server;
  private final Set<String> nonces = ConcurrentHashMap.newKeySet();
  private final Map<String, JWK> accounts = new ConcurrentHashMap<>();
  private final Map<String, Order> orders = new ConcurrentHashMap<>();
  private final Map<String, Authorization> authorizations = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private final List<String> proofs = new ArrayList<>();
  private volatile Set<String> offered = Set.of("tls-alpn-01", "http-01");
  private volatile CompletableFuture<Integer> httpPort = new CompletableFuture<>();
  private volatile CompletableFuture<Integer> tlsPort = new CompletableFuture<>();
  private volatile boolean behindWall;
  private volatile Refusal refusal = Refusal.NONE;
  private volatile boolean forgetNonces;

  /// What the authority does wrong, or does not want.
  public enum Refusal {
    NONE,
    /// It answers with 500.
    BROKEN,
    /// It has had too many requests, and says until when.
    LIMITED,
    /// It issues a certificate for other names.
    OTHER_NAMES,
    /// What it issues has expired.
    EXPIRED
  }

  private static final class Order {
    private final String account;
    private final List<String> authorizations = new ArrayList<>();
    private final List<String> domains;
    private volatile String certificate = "";

    Order(String account, List<String> domains) {
      this.account = account;
      this.domains = domains;
    }
  }

  private static final class Authorization {
    private final String domain;
    private final String token = random();
    private volatile String status = "pending";
    private volatile String error = "";
    private volatile String proven = "";

    Authorization(String domain) {
      this.domain = domain;
    }
  }

  /// What is refused with a problem document (section 6.7).
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final String type;

    Refused(int status, String type, String detail) {
      super(detail);
      this.status = status;
      this.type = type;
    }
  }

  /// A request whose signature is good.
  private record Signed(String account, JWK key, Map<String, ?> payload) {}

  public AcmeServer(TestAuthority authority, Clock clock) throws IOException {
    this.authority = authority;
    this.clock = clock;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  /// Where names are looked for; until this is known, it waits.
  public void looksAt(int plain, int tls) {
    httpPort.complete(plain);
    tlsPort.complete(tls);
    httpPort = CompletableFuture.completedFuture(plain);
    tlsPort = CompletableFuture.completedFuture(tls);
  }

  /// No handshake gets through to the names.
  public void handshakesAreLost() {
    behindWall = true;
  }

  public void offers(String... challenges) {
    offered = Set.of(challenges);
  }

  public void refuses(Refusal what) {
    refusal = what;
  }

  /// The next nonce is not known any more when it comes.
  public void forgetsNonces() {
    forgetNonces = true;
  }

  public String directory() {
    return url("/directory");
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /// How often it was asked for a certificate.
  public int orders() {
    return asked.get();
  }

  public int accounts() {
    return accounts.size();
  }

  /// How each name was proven, in order: `http-01 shop.example`.
  public List<String> proofs() {
    synchronized (proofs) {
      return List.copyOf(proofs);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static String random() {
    byte[] bytes = new byte[24];
    RANDOM.nextBytes(bytes);
    return base64(bytes);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String nonce = random();
      nonces.add(nonce);
      exchange.getResponseHeaders().set("Replay-Nonce", nonce);
      try {
        route(exchange);
      } catch (Refused e) {
        exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
        send(
            exchange,
            e.status,
            Map.of(
                "type",
                "urn:ietf:params:acme:error:" + e.type,
                "detail",
                String.valueOf(e.getMessage())));
      } catch (RuntimeException | GeneralSecurityException | JOSEException | ParseException e) {
        exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
        send(
            exchange,
            400,
            Map.of("type", "urn:ietf:params:acme:error:malformed", "detail", e.toString()));
      }
    }
  }

  private void route(HttpExchange exchange)
      throws IOException, Refused, GeneralSecurityException, JOSEException, ParseException {
    String[] path = exchange.getRequestURI().getPath().substring(1).split("/", -1);
    if (path[0].equals("directory")) {
      send(exchange, 200, directoryDocument());
      return;
    }
    if (path[0].equals("nonce")) {
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    Signed signed = verified(exchange);
    switch (path[0]) {
      case "account" -> account(exchange, signed);
      case "order" -> {
        if (path.length == 1) {
          order(exchange, signed);
        } else {
          send(exchange, 200, shown(path[1]));
        }
      }
      case "authorization" -> send(exchange, 200, shown(authorizations.get(path[1]), path[1]));
      case "challenge" -> challenge(exchange, signed, path[1], path[2]);
      case "finalize" -> finish(exchange, signed, path[1]);
      case "certificate" -> certificate(exchange, path[1]);
      default -> throw new Refused(404, "malformed", "There is nothing here");
    }
  }

  private Map<String, Object> directoryDocument() {
    return Map.of(
        "newNonce", url("/nonce"),
        "newAccount", url("/account"),
        "newOrder", url("/order"),
        "meta", Map.of("termsOfService", url("/terms")));
  }

  /// Section 6: what is signed by whom, for which URL, once.
  private Signed verified(HttpExchange exchange)
      throws IOException, Refused, JOSEException, ParseException {
    if (!"application/jose+json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
      throw new Refused(415, "malformed", "The body must be application/jose+json");
    }
    Map<?, ?> body = map(Json.read(exchange.getRequestBody().readAllBytes()));
    JWSObject jws =
        JWSObject.parse(
            "%s.%s.%s"
                .formatted(body.get("protected"), body.get("payload"), body.get("signature")));
    Map<String, Object> header = jws.getHeader().toJSONObject();
    if (!url(exchange.getRequestURI().getPath()).equals(header.get("url"))) {
      throw new Refused(401, "unauthorized", "The URL is another one");
    }
    if (!nonces.remove(String.valueOf(header.get("nonce"))) || forgetNonces) {
      forgetNonces = false;
      throw new Refused(400, "badNonce", "The nonce is not known");
    }
    JWK own = jws.getHeader().getJWK();
    String account = String.valueOf(header.get("kid"));
    boolean makesAccount = exchange.getRequestURI().getPath().equals("/account");
    JWK key = makesAccount ? own : accounts.get(account);
    if (key == null) {
      throw new Refused(400, "accountDoesNotExist", "Nobody is known as " + account);
    }
    if (!jws.verify(new ECDSAVerifier((ECKey) key))) {
      throw new Refused(403, "unauthorized", "The signature is not good");
    }
    String payload = jws.getPayload().toString();
    return new Signed(
        account,
        key,
        payload.isEmpty() ? Map.of() : map(Json.read(payload.getBytes(StandardCharsets.UTF_8))));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, ?> map(@Nullable Object json) {
    return (Map<String, ?>) Objects.requireNonNull(json);
  }

  private void account(HttpExchange exchange, Signed signed)
      throws IOException, Refused, JOSEException {
    if (!Boolean.TRUE.equals(signed.payload().get("termsOfServiceAgreed"))) {
      throw new Refused(403, "userActionRequired", "The terms must be agreed to");
    }
    String account = url("/account/" + signed.key().computeThumbprint());
    boolean known = accounts.putIfAbsent(account, signed.key()) != null;
    exchange.getResponseHeaders().set("Location", account);
    send(exchange, known ? 200 : 201, Map.of("status", "valid", "orders", account + "/orders"));
  }

  private void order(HttpExchange exchange, Signed signed) throws IOException, Refused {
    asked.incrementAndGet();
    if (refusal == Refusal.BROKEN) {
      throw new Refused(500, "serverInternal", "The authority is out of order");
    }
    if (refusal == Refusal.LIMITED) {
      exchange
          .getResponseHeaders()
          .set("Retry-After", Long.toString(Duration.ofHours(10).toSeconds()));
      throw new Refused(429, "rateLimited", "Too many orders");
    }
    List<String> domains = new ArrayList<>();
    for (Object identifier :
        (List<?>) Objects.requireNonNull(signed.payload().get("identifiers"))) {
      domains.add(String.valueOf(map(identifier).get("value")));
    }
    String id = Integer.toString(ids.incrementAndGet());
    Order order = new Order(signed.account(), domains);
    for (String domain : domains) {
      String authorization = Integer.toString(ids.incrementAndGet());
      authorizations.put(authorization, new Authorization(domain));
      order.authorizations.add(authorization);
    }
    orders.put(id, order);
    exchange.getResponseHeaders().set("Location", url("/order/" + id));
    send(exchange, 201, shown(id));
  }

  private Map<String, Object> shown(String id) {
    Order order = Objects.requireNonNull(orders.get(id));
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("status", status(order));
    shown.put("expires", Instant.now().plus(Duration.ofDays(1)).toString());
    shown.put(
        "identifiers",
        order.domains.stream().map(domain -> Map.of("type", "dns", "value", domain)).toList());
    shown.put(
        "authorizations",
        order.authorizations.stream().map(each -> url("/authorization/" + each)).toList());
    shown.put("finalize", url("/finalize/" + id));
    if (!order.certificate.isEmpty()) {
      shown.put("certificate", url("/certificate/" + id));
    }
    return shown;
  }

  private String status(Order order) {
    if (!order.certificate.isEmpty()) {
      return "valid";
    }
    List<String> states =
        order.authorizations.stream()
            .map(each -> Objects.requireNonNull(authorizations.get(each)).status)
            .toList();
    if (states.contains("invalid")) {
      return "invalid";
    }
    return states.contains("pending") ? "pending" : "ready";
  }

  private Map<String, Object> shown(@Nullable Authorization found, String id) {
    Authorization authorization = Objects.requireNonNull(found);
    return Map.of(
        "status",
        authorization.status,
        "identifier",
        Map.of("type", "dns", "value", authorization.domain),
        "challenges",
        offered.stream().sorted().map(type -> shown(authorization, id, type)).toList());
  }

  private Map<String, Object> shown(Authorization authorization, String id, String type) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("type", type);
    shown.put("url", url("/challenge/%s/%s".formatted(id, type)));
    shown.put("token", authorization.token);
    shown.put(
        "status",
        authorization.status.equals("valid") && !authorization.proven.equals(type)
            ? "pending"
            : authorization.status);
    if (authorization.status.equals("invalid")) {
      shown.put(
          "error",
          Map.of("type", "urn:ietf:params:acme:error:unauthorized", "detail", authorization.error));
    }
    return shown;
  }

  private void challenge(HttpExchange exchange, Signed signed, String id, String type)
      throws IOException, JOSEException {
    Authorization authorization = Objects.requireNonNull(authorizations.get(id));
    String wanted = authorization.token + "." + signed.key().computeThumbprint();
    try {
      if (type.equals("http-01")) {
        requireAnswer(authorization, wanted);
      } else {
        requireHandshake(authorization.domain, wanted);
      }
      authorization.proven = type;
      authorization.status = "valid";
      synchronized (proofs) {
        proofs.add(type + " " + authorization.domain);
      }
    } catch (IOException | GeneralSecurityException e) {
      authorization.error = String.valueOf(e.getMessage());
      authorization.status = "invalid";
    }
    exchange
        .getResponseHeaders()
        .set("Link", "<%s>;rel=\"up\"".formatted(url("/authorization/" + id)));
    send(exchange, 200, shown(authorization, id, type));
  }

  /// Section 8.3.
  private void requireAnswer(Authorization authorization, String wanted) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), httpPort.join())) {
      socket.setSoTimeout(Patience.MILLIS);
      socket
          .getOutputStream()
          .write(
              "GET /.well-known/acme-challenge/%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(authorization.token, authorization.domain)
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      if (!answer.startsWith("HTTP/1.1 200 ") || !answer.endsWith("\r\n\r\n" + wanted)) {
        throw new IOException("The answer is not the one that was wanted: " + answer);
      }
    }
  }

  /// RFC 8737, section 3.
  private void requireHandshake(String domain, String wanted)
      throws IOException, GeneralSecurityException {
    if (behindWall) {
      throw new IOException("Nobody answers");
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Everybody()}, null);
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), tlsPort.join())) {
      socket.setSoTimeout(Patience.MILLIS);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"acme-tls/1"});
      parameters.setServerNames(List.of(new SNIHostName(domain)));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      byte[] extension = shown.getExtensionValue(VALIDATION);
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(wanted.getBytes(StandardCharsets.US_ASCII));
      if (!"acme-tls/1".equals(socket.getApplicationProtocol())
          || extension == null
          || !Arrays.equals(inner(inner(extension)), digest)
          || !names(shown).equals(Set.of(domain))) {
        throw new IOException("The certificate is not the one that was wanted");
      }
      if (socket.getInputStream().read() >= 0) {
        throw new IOException("The connection goes on after its handshake");
      }
    }
  }

  private static byte[] inner(byte[] octets) {
    return ASN1OctetString.getInstance(octets).getOctets();
  }

  private static Set<String> names(X509Certificate certificate) throws GeneralSecurityException {
    Set<String> names = new HashSet<>();
    for (List<?> name : Objects.requireNonNull(certificate.getSubjectAlternativeNames())) {
      names.add(String.valueOf(name.getLast()));
    }
    return names;
  }

  /// Whoever shows anything: what is shown is looked at.
  private static final class Everybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      // its certificate vouches for itself
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /// Section 7.4.
  private void finish(HttpExchange exchange, Signed signed, String id)
      throws IOException, Refused, GeneralSecurityException {
    Order order = Objects.requireNonNull(orders.get(id));
    if (!status(order).equals("ready") || !order.account.equals(signed.account())) {
      throw new Refused(403, "orderNotReady", "The order is " + status(order));
    }
    JcaPKCS10CertificationRequest request =
        new JcaPKCS10CertificationRequest(
            BASE64.decode(String.valueOf(signed.payload().get("csr"))));
    try {
      if (!request.isSignatureValid(
          new JcaContentVerifierProviderBuilder().build(request.getPublicKey()))) {
        throw new Refused(403, "badCSR", "The signature is not good");
      }
    } catch (org.bouncycastle.operator.OperatorCreationException
        | org.bouncycastle.pkcs.PKCSException e) {
      throw new GeneralSecurityException(e);
    }
    if (!names(request).equals(new HashSet<>(order.domains))) {
      throw new Refused(403, "badCSR", "The names are others than those of the order");
    }
    Instant now = clock.instant();
    Duration half = Duration.ofHours(3);
    X509Certificate issued =
        authority.certificate(
            request.getPublicKey(),
            refusal == Refusal.OTHER_NAMES ? Set.of("other.example") : Set.copyOf(order.domains),
            now.minus(half),
            refusal == Refusal.EXPIRED ? now.minusSeconds(1) : now.plus(half));
    order.certificate = TestAuthority.pem(issued, authority.root());
    exchange.getResponseHeaders().set("Location", url("/order/" + id));
    send(exchange, 200, shown(id));
  }

  private static Set<String> names(JcaPKCS10CertificationRequest request) {
    Set<String> names = new HashSet<>();
    Extensions extensions =
        Extensions.getInstance(
            request
                .getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)[0]
                .getAttrValues()
                .getObjectAt(0));
    for (GeneralName name :
        GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName).getNames()) {
      names.add(name.getName().toString());
    }
    return names;
  }

  private void certificate(HttpExchange exchange, String id) throws IOException {
    byte[] pem =
        Objects.requireNonNull(orders.get(id)).certificate.getBytes(StandardCharsets.US_ASCII);
    exchange.getResponseHeaders().set("Content-Type", "application/pem-certificate-chain");
    exchange.sendResponseHeaders(200, pem.length);
    exchange.getResponseBody().write(pem);
  }

  private static void send(HttpExchange exchange, int status, Map<String, ?> json) {
    try {
      if (!exchange.getResponseHeaders().containsKey("Content-Type")) {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
      }
      byte[] body = Json.bytes(out -> Json.write(out, json));
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
