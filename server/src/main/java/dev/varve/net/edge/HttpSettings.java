package dev.varve.net.edge;

import dev.varve.net.certificate.ClientCertificates;
import dev.varve.net.certificate.TlsSettings;
import dev.varve.net.compression.CompressionSettings;
import dev.varve.net.cors.CorsSettings;
import dev.varve.net.proxy.ProxyCertificates;
import dev.varve.net.proxy.ProxyHeaders;
import dev.varve.net.proxy.TrustedProxies;
import dev.varve.settings.Setting;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.WrongSetting;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;

/// How the listener behaves; section `http` of `varve.yaml`.
public record HttpSettings(
    @Setting(
            standard = "127.0.0.1",
            says =
                "The address to listen on. The default takes requests from this machine alone; 0.0.0.0 takes them from everywhere.")
        String host,
    @Setting(
            standard = "8080",
            max = 65_535,
            says = "The port to listen on; 0 takes any free port.")
        int port,
    @Setting(
            standard = "1048576",
            min = 1_024,
            max = 256 * 1024 * 1024,
            says = "The largest request body in bytes; a larger one is refused with 413.")
        int bodyBytesMax,
    @Setting(
            standard = "16384",
            min = 1_024,
            max = 1024 * 1024,
            says =
                "The largest header section of a request in bytes; a larger one is refused with 431.")
        int headerBytesMax,
    @Setting(
            standard = "8192",
            min = 256,
            max = 1024 * 1024,
            says =
                "The longest request line (method, path and query) in bytes; a longer one is refused with 414.")
        int targetBytesMax,
    @Setting(
            standard = "1024",
            min = 1,
            max = 1_000_000,
            says = "How many requests are handled at the same time; further ones wait in a queue.")
        int concurrentRequestsMax,
    @Setting(
            standard = "1024",
            max = 1_000_000,
            says =
                "How many requests may wait in the queue; beyond it they are refused at once with 503 and Retry-After.")
        int queuedRequestsMax,
    @Setting(
            standard = "2000",
            min = 1,
            max = 600_000,
            says =
                "How long a request may wait in the queue before it is refused with 503, in milliseconds.")
        int queueTimeoutMillis,
    @Setting(
            standard = "8192",
            min = 1,
            max = 1_000_000,
            says =
                "How many connections may be open; further ones wait in the operating system's backlog.")
        int connectionsMax,
    @Setting(
            standard = "60",
            min = 1,
            max = 86_400,
            says = "A connection without a request is closed after this many seconds.")
        int idleTimeoutSeconds,
    @Setting(
            standard = "30",
            min = 1,
            max = 86_400,
            says =
                "A request must have arrived whole, headers and body, within this many seconds, or its connection is closed.")
        int receiveTimeoutSeconds,
    @Setting(
            standard = "60",
            min = 1,
            max = 86_400,
            says =
                "The client must have taken the whole answer within this many seconds, or its connection is closed.")
        int sendTimeoutSeconds,
    @Setting(
            standard = "10",
            max = 86_400,
            says =
                "How long a stop waits for the requests that were accepted before it, in seconds.")
        int shutdownGraceSeconds,
    @Setting(
            standard = "25",
            min = 1,
            max = 100,
            says =
                "How much one network (an IPv4 address, a /64 of IPv6) may take of connectionsMax, concurrentRequestsMax, queuedRequestsMax, the memory for requests and the connectionsMax of a service behind the gateway, in percent; bounds below 50 are not divided, and 100 divides nothing. Requests beyond it are refused with 429, connections are closed. Behind a proxy all are one network, unless trustedProxies names it.")
        int networkSharePercent,
    @Setting(
            says =
                "The addresses of proxies in front of this server, or networks such as 10.0.0.0/8. What they tell of a request, as proxyHeaders and proxyProtocol say, counts: the client is the last address that is not one of them. What others tell is not read.")
        List<String> trustedProxies,
    @Setting(
            standard = "X_FORWARDED",
            says =
                "Which headers of trusted proxies are read: X_FORWARDED (X-Forwarded-For, -Proto, -Host and -Port), FORWARDED (RFC 7239), or NONE. Name what the proxies write: what they do not write, they pass on as it came.")
        ProxyHeaders proxyHeaders,
    @Setting(
            standard = "false",
            says =
                "Whether every connection begins with the PROXY protocol, version 1 or 2. It is taken from trustedProxies alone, and other connections are closed. Nobody but they should reach the port.")
        boolean proxyProtocol,
    @Setting(
            standard = "NONE",
            says =
                "Whether trusted proxies tell in the header Client-Cert (RFC 9440) which certificates their clients showed: NONE, VERIFIED (of those that an authority of theirs vouches for), or ANY (of all, which then count as those of http.tls.clientCertificates: ANY do). Only for proxies that drop the header when a caller sends it. Others are not heard, and what a proxy itself shows is no client's.")
        ProxyCertificates proxyCertificates,
    CorsSettings cors,
    @Setting(
            standard = "-1",
            min = -1,
            max = 65_535,
            says =
                "A port that sends plain HTTP to HTTPS (308); /health and what authorities ask are answered there too. 0 takes any free port, -1 opens none.")
        int redirectPort,
    @Setting(
            standard = "false",
            says =
                "Whether passwords and tokens may cross the network in the clear: for a network that nobody else hears.")
        boolean insecure,
    TlsSettings tls,
    CompressionSettings compression) {
  private static final int NO_PORT = -1;

  public HttpSettings {
    if (redirectPort != NO_PORT && !tls.enabled()) {
      throw new WrongSetting(
          "redirectPort",
          "is set without http.tls.certificate and http.tls.acme.domains: there is no HTTPS to send anybody to");
    }
    trustedProxies = List.copyOf(trustedProxies);
    TrustedProxies.of(trustedProxies, proxyHeaders, proxyCertificates);
    if (proxyCertificates != ProxyCertificates.NONE && trustedProxies.isEmpty()) {
      throw new WrongSetting(
          "proxyCertificates",
          "is %s, but trustedProxies names nobody whose word on certificates counts. Name the proxies, or set it to NONE"
              .formatted(proxyCertificates));
    }
    if (proxyProtocol && trustedProxies.isEmpty()) {
      throw new WrongSetting(
          "proxyProtocol",
          "is true, but trustedProxies names nobody who may speak it. Name the proxies, or set it to false");
    }
  }

  /// Whether certificates of clients come that somebody vouches for.
  public boolean takesVouchedCertificates() {
    return proxyCertificates == ProxyCertificates.VERIFIED || !tls.clientAuthorities().isEmpty();
  }

  /// Whether certificates of clients come that nobody need vouch for.
  public boolean takesAnyCertificate() {
    return proxyCertificates == ProxyCertificates.ANY
        || tls.clientCertificates() == ClientCertificates.ANY;
  }

  /// The same, listening elsewhere.
  public HttpSettings at(String otherHost, int otherPort) {
    return with(Map.of("host", otherHost, "port", otherPort));
  }

  /// The same at another port, for operators alone.
  public HttpSettings beside(int otherPort) {
    return with(
        Map.of(
            "port",
            otherPort,
            "cors",
            CorsSettings.DEFAULT,
            "redirectPort",
            NO_PORT,
            "tls",
            tls.onOnePort()));
  }

  /// The same with other certificates.
  public HttpSettings with(TlsSettings other) {
    return with(Map.of("tls", other));
  }

  /// The same for whoever writes the application, and its pages; nobody's credentials are sent but their own.
  public HttpSettings forDevelopment() {
    return with(Map.of("cors", cors.forDevelopment(), "insecure", true));
  }

  private HttpSettings with(Map<String, ?> components) {
    return SettingRecords.changed(this, components);
  }

  /// Whether there is a port that sends plain HTTP to HTTPS.
  boolean redirects() {
    return redirectPort != NO_PORT;
  }

  /// @throws WrongSetting when passwords and tokens would cross a network in the clear, and nobody has said that they may
  public void requireEncryption() {
    if (!tls.enabled() && !insecure && trustedProxies.isEmpty() && !isLoopback()) {
      throw new WrongSetting(
          "http.host",
          "is %s, and passwords and tokens would cross the network in the clear. Set http.tls.certificate or http.tls.acme.domains for HTTPS; or http.trustedProxies where a proxy in front speaks it; or http.insecure: true where nobody else hears"
              .formatted(host));
    }
  }

  private boolean isLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      // nobody can listen there, and whoever tries says so
      return true;
    }
  }
}
