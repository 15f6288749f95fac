package dev.varve.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import dev.varve.Main;
import dev.varve.node.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// Whatever cannot hold in the sections of the front door is named by `varve serve`, with file, line and the way out.
@Timeout(60) // a server that starts in spite of a mistake would never end
class WrongSettingsTest {
  private static final Set<String> SECTIONS = Set.of("http", "limits", "files", "telemetry");

  /// A line of `varve.yaml`, with a mark before its mistake, and what is said of it.
  record Wrong(String marked, String says) {
    String yaml() {
      return marked.replace("^", "");
    }

    int column() {
      return marked.indexOf('^') + 1;
    }
  }

  @SuppressWarnings("unused") // by name
  private static final List<Wrong> ROWS =
      List.of(
          // http
          new Wrong(
              "http: {host: ^0.0.0.0}",
              "http.host is 0.0.0.0, and passwords and tokens would cross the network in the clear. Set http.tls.certificate"),
          new Wrong(
              "http: {host: nowhere.invalid, port: ^8080}",
              "Cannot listen on nowhere.invalid:8080: "),
          new Wrong("http: {host: ^nowhere.invalid}", "Cannot listen on nowhere.invalid:8080: "),
          new Wrong(
              "http: {trustedProxies: [^proxy]}",
              "http.trustedProxies[0] is 'proxy', which is neither an address nor a network such as 10.0.0.0/8"),
          new Wrong(
              "http: {proxyProtocol: ^true}",
              "http.proxyProtocol is true, but trustedProxies names nobody who may speak it. Name the proxies, or set it to false"),
          new Wrong(
              "http: {redirectPort: ^0}",
              "http.redirectPort is set without http.tls.certificate and http.tls.acme.domains: there is no HTTPS to send anybody to"),
          new Wrong(
              "http: {cors: {origins: [^https://shop.example/app]}}",
              "http.cors.origins[0] is 'https://shop.example/app': an origin has no path. Write 'https://shop.example'"),
          new Wrong(
              "http: {cors: {methods: [^'*']}}",
              "http.cors.methods[0] is '*': name each as HTTP writes it, without wildcards"),
          new Wrong(
              "http: {cors: {headers: [X-One, ^'X:Two']}}",
              "http.cors.headers[1] is 'X:Two': name each as HTTP writes it, without wildcards"),
          new Wrong(
              "http: {cors: {exposedHeaders: [^E@Tag]}}",
              "http.cors.exposedHeaders[0] is 'E@Tag': name each as HTTP writes it, without wildcards"),
          new Wrong(
              "http: {tls: {certificate: ^cert.pem, key: key.pem}}",
              "http.tls.certificate names APP/cert.pem, and there is no such file"),
          new Wrong(
              "http: {tls: {certificate: schema.graphql, key: ^key.pem}}",
              "http.tls.key names APP/key.pem, and there is no such file"),
          new Wrong(
              "http: {tls: {certificate: ^cert.pem}}",
              "http.tls.certificate is set without http.tls.key: name the file that holds the private key"),
          new Wrong(
              "http: {tls: {key: ^key.pem}}",
              "http.tls.key is set without http.tls.certificate: name the certificate that it belongs to"),
          new Wrong(
              "http: {tls: {clientCertificates: ^OPTIONAL}}",
              "http.tls.clientCertificates is OPTIONAL: name the authorities that they must come from with http.tls.clientAuthorities"),
          new Wrong(
              "http: {tls: {clientAuthorities: ^clients.pem}}",
              "http.tls.clientAuthorities is set, and clients are not asked for certificates: set http.tls.clientCertificates to OPTIONAL or REQUIRED"),
          new Wrong(
              "http: {tls: {clientCertificatePort: ^8443}}",
              "http.tls.clientCertificatePort is set, and clients are not asked for certificates: set http.tls.clientCertificates to OPTIONAL, REQUIRED or ANY"),
          new Wrong(
              "http: {proxyCertificates: ^VERIFIED}",
              "http.proxyCertificates is VERIFIED, but trustedProxies names nobody whose word on certificates counts. Name the proxies, or set it to NONE"),
          new Wrong(
              "oauth: {certificateOrigin: ^mtls.shop.example}",
              "oauth.certificateOrigin is 'mtls.shop.example', and must be a scheme and a host, such as https://app.example.com"),
          new Wrong(
              "oauth: {clients: {bank: {title: Bank, redirectUris: ['https://bank.example/'], certificate: ^{subjectDn: CN=bank, sanDns: bank.example}}}}",
              "oauth.clients[bank].certificate has subjectDn and sanDns: take one of them"),
          new Wrong(
              "oauth: {clients: {bank: {title: Bank, redirectUris: ['https://bank.example/'], certificate: {subjectDn: ^bank}}}}",
              "oauth.clients[bank].certificate.subjectDn is 'bank', and must be a distinguished name, such as CN=bank,O=Bank,C=DE (RFC 4514)"),
          new Wrong(
              "oauth: {clients: {bank: {title: Bank, redirectUris: ['https://bank.example/'], certificate: ^{selfSigned: true}}}}",
              "oauth.clients[bank].certificate is selfSigned, and neither jwks nor jwksUri says which it is. Give one of them"),
          new Wrong(
              "oauth: {clients: {bank: {title: Bank, redirectUris: ['https://bank.example/'], secret: ^BANK, certificate: {sanDns: bank.example}}}}",
              "oauth.clients[bank].secret stands beside certificate: a client proves itself in one way. Take one of both"),
          new Wrong(
              "oauth: {clients: {bank: {title: Bank, redirectUris: ['https://bank.example/'], certificate: ^{sanDns: bank.example}}}}",
              "oauth.clients[bank].certificate names a certificate that an authority vouches for, and none is taken: set http.tls.clientCertificates to OPTIONAL, and http.tls.clientAuthorities; or http.proxyCertificates to VERIFIED"),
          new Wrong(
              "oauth: {clients: {bank: {title: Bank, redirectUris: ['https://bank.example/'], certificateBoundTokens: ^true}}}",
              "oauth.clients[bank].certificateBoundTokens is true, and clients are not asked for certificates: set http.tls.clientCertificates to OPTIONAL or ANY, or http.proxyCertificates"),
          new Wrong(
              "http: {tls: {acme: {domains: [^'*.shop.example'], termsAgreed: true}}}",
              "http.tls.acme.domains[0] must be a whole name such as shop.example.com, without a wildcard; it is '*.shop.example'"),
          new Wrong(
              "http: {tls: {acme: ^{domains: [shop.example]}}}",
              "http.tls.acme.termsAgreed must be true for a certificate: read the terms of the authority first"),
          new Wrong(
              "http: {tls: {acme: {email: ^Ada Lovelace <ada@shop.example>}}}",
              "http.tls.acme.email must be one address such as ops@example.com; it is 'Ada Lovelace <ada@shop.example>'"),
          new Wrong(
              "http: {tls: {acme: {directory: ^'http://ca.example/directory'}}}",
              "http.tls.acme.directory must be a URL that begins with https://; it is 'http://ca.example/directory'"),
          // limits
          new Wrong(
              "limits: [{name: ^Sign in, requests: 9}]",
              "limits[0].name is 'Sign in': use up to 64 small letters, digits and hyphens, such as sign-in"),
          new Wrong("limits: [^{requests: 9}]", "limits[0] needs name, which is text"),
          new Wrong(
              "limits: [{name: a, requests: ^0}]",
              "limits[0].requests must be at least 1: a limit of 0 would let nobody in. Say how many, or take the limit away with enabled: false"),
          new Wrong(
              "limits: [{name: a, requests: 9, burst: ^5}]",
              "limits[0].burst is 5, but at least as many as requests, 9, must be allowed at once. Raise it, or leave it out"),
          new Wrong(
              "limits: [{name: a, requests: 9, routes: [^api]}]",
              "limits[0].routes[0] is 'api': write a path such as /api/orders, or /api/* for all below"),
          new Wrong(
              "limits: [{name: a, requests: 9, methods: [^HEAD]}]",
              "limits[0].methods[0] is 'HEAD': it must be one of GET, POST, PUT, PATCH, DELETE"),
          new Wrong(
              "limits: [{name: a, requests: 9}, {name: ^a, requests: 8}]",
              "limits[1].name is 'a', as another's: name each limit once"),
          // files
          new Wrong("files: [^{spa: true}]", "files[0] needs directory, which is text"),
          new Wrong(
              "files: [{directory: ^none}]",
              "files[0].directory names APP/none, and there is no such folder. Make it, or write the path of another, as seen from varve.yaml"),
          new Wrong(
              "files: [{directory: ^schema.graphql}]",
              "files[0].directory names APP/schema.graphql, and there is no such folder. Make it, or write the path of another, as seen from varve.yaml"),
          new Wrong(
              "files: [{directory: ^.}]",
              "files[0].directory names APP, which holds varve.yaml and the schema. Put what is to be served in a folder of its own, such as public"),
          new Wrong(
              "files: [{directory: ^' '}]",
              "files[0].directory must name a folder, such as public"),
          new Wrong(
              "files: [{directory: public, path: ^/api/files}]",
              "files[0].path is /api/files, where Varve answers itself. Choose another"),
          new Wrong(
              "files: [{directory: public, path: ^assets/}]",
              "files[0].path must be / or a path of plain names such as /assets, without a slash at its end; it is 'assets/'"),
          new Wrong(
              "files: [{directory: public}, ^{directory: public}]",
              "files[1].path is /, where another folder is served. Give one of them another path"),
          new Wrong(
              "files: [{directory: public, contentSecurityPolicy: ^' '}]",
              "files[0].contentSecurityPolicy must be printable ASCII. Take the line out for the default, default-src 'self'"),
          // gateway
          new Wrong(
              "gateway: {services: {^Shipping: {urls: [x]}}}",
              "'Shipping' is no name for one of gateway.services: use up to 64 small letters, digits and hyphens"),
          new Wrong(
              "gateway: {services: ^[shipping]}",
              "gateway.services must be a name for each, under which stand urls, discovery, balance, hash, timeouts, connectionsMax, breaker, retry, ejection, health, protocol, tls, identity, linkLocal; from 0 to 1,000 of them"),
          new Wrong(
              "gateway: {services: {s: ^{}}}",
              "gateway.services[s].urls has no host, and nothing says where hosts are found. Write its URLs, or how they are found: discovery with srv, addresses or file"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], discovery: ^{file: hosts.txt}}}}",
              "gateway.services[s].discovery stands beside urls, and only one of them can say where the hosts are. Take one of them out"),
          new Wrong(
              "gateway: {services: {s: {discovery: {srv: _http._tcp.s.internal, file: ^hosts.txt}}}}",
              "gateway.services[s].discovery.file stands beside another way to find hosts. Keep one of srv, addresses and file"),
          new Wrong(
              "gateway: {services: {s: {discovery: {srv: _http._tcp.s.internal, addresses: ^\"http://s:80\"}}}}",
              "gateway.services[s].discovery.addresses stands beside another way to find hosts"),
          new Wrong(
              "gateway: {services: {s: {discovery: {srv: ^\"http://s.internal\"}}}}",
              "gateway.services[s].discovery.srv is 'http://s.internal': write a name, such as _http._tcp.shipping.internal"),
          new Wrong(
              "gateway: {services: {s: {discovery: {addresses: ^\"http://10.0.0.5:80\"}}}}",
              "gateway.services[s].discovery.addresses is 'http://10.0.0.5:80': write scheme, name and port, such as http://shipping.internal:8080"),
          new Wrong(
              "gateway: {services: {s: {discovery: {file: hosts.txt, https: ^true}}}}",
              "gateway.services[s].discovery.https is for srv: other ways to find hosts say it in their URLs"),
          new Wrong(
              "gateway: {services: {s: {discovery: {srv: s.internal, servers: [^names.internal]}}}}",
              "gateway.services[s].discovery.servers[0] is 'names.internal': write the address of a name server, such as 10.0.0.2 or 127.0.0.1:8600"),
          new Wrong(
              "gateway: {services: {s: {discovery: {file: hosts.txt, servers: ^[10.0.0.2]}}}}",
              "gateway.services[s].discovery.servers is for srv and addresses, and there is neither. Take it out"),
          new Wrong(
              "gateway: {services: {s: {discovery: {srv: s.internal, soonest: ^10ms}}}}",
              "gateway.services[s].discovery.soonest must be at least 100ms"),
          new Wrong(
              "gateway: {services: {s: {discovery: {srv: s.internal, latest: ^1s}}}}",
              "gateway.services[s].discovery.latest must not be before soonest. Raise it, or lower soonest"),
          new Wrong(
              "gateway: {services: {s: ^{discovery: {srv: s.internal, https: true}}}}",
              "gateway.services[s].tls.ca is not set, but srv says which names certificates are good for"),
          new Wrong(
              "gateway: {services: {s: {discovery: {srv: s.internal}, tls: ^{ca: ca.pem}}}}",
              "gateway.services[s].tls is set, but no host that discovery finds is spoken to over TLS. Change that, or take tls out"),
          new Wrong(
              "gateway: {services: {s: {^url: x}}}",
              "There is no setting 'gateway.services[s].url'. Did you mean"),
          new Wrong(
              "gateway: {services: {s: {urls: [^\"http://h/path\"]}}}",
              "gateway.services[s].urls[0] is 'http://h/path': write scheme, host and port, such as http://10.0.0.5:8080, without a path"),
          new Wrong(
              "gateway: {services: {s: {urls: [^\"ftp://h\"]}}}",
              "gateway.services[s].urls[0] is 'ftp://h': write scheme"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], balance: ^RANDOM}}}",
              "gateway.services[s].balance must be one of LEAST_REQUESTS, ROUND_ROBIN, HASH; it is 'RANDOM'"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], balance: HASH, hash: ^me}}}",
              "gateway.services[s].hash is 'me': write header:NAME, cookie:NAME, account or address"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], hash: ^account}}}",
              "gateway.services[s].hash is set, but balance is not HASH"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], tls: ^{ca: ca.pem}}}}",
              "gateway.services[s].tls is set, but none of its urls begins with https://"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"https://h\"], tls: {ca: ^ca.pem}}}}",
              "gateway.services[s].tls.ca names APP/ca.pem, and there is no such file"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"https://h\"], tls: ^{key: k.pem}}}}",
              "gateway.services[s].tls.certificate is missing: a certificate is shown with its key"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], timeouts: {headers: ^0s}}}}",
              "gateway.services[s].timeouts.headers must be a duration of at most 1h, such as 300ms, 30s or 15m"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], breaker: {failures: 5, rate: ^50}}}}",
              "gateway.services[s].breaker.rate is set beside failures, and only one of them can decide. Take one of them out"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], breaker: {failures: 5, recovery: ^0s}}}}",
              "gateway.services[s].breaker.recovery must be a duration from 1s to 1d"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], breaker: {rate: ^101}}}}",
              "gateway.services[s].breaker.rate must be a whole number from 0 to 100"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], retry: {attempts: ^0}}}}",
              "gateway.services[s].retry.attempts must be a whole number from 1 to 10"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], ejection: {percent: ^200}}}}",
              "gateway.services[s].ejection.percent must be a whole number from 0 to 100"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], health: {path: ^health}}}}",
              "gateway.services[s].health.path is 'health': write a path as a request has it, such as /health"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], health: {path: ^\"/a b\"}}}}",
              "gateway.services[s].health.path is '/a b': write a path as a request has it, such as /health"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], health: {path: /health, every: ^0s}}}}",
              "gateway.services[s].health.every must be a duration from 1s to 1h"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"], identity: ^HEADERS}}}",
              "gateway.services[s].identity is HEADERS, which are signed with the secret in the environment variable VARVE_GATEWAY_SECRET, and there is none"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [^{to: s, allow: public}]}",
              "gateway.routes[0] needs path, which is text"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [^{path: /s, to: s}]}",
              "gateway.routes[0] needs allow, which is text"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: ^t, allow: public}]}",
              "gateway.routes[0].to names the service 't', which gateway.services does not have."),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: ^s, to: s, allow: public}]}",
              "gateway.routes[0].path is 's': a path starts with a slash, such as /shipping/**"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: ^/s/**/x, to: s, allow: public}]}",
              "gateway.routes[0].path is '/s/**/x': its segment '**' is neither plain nor * or {name}; ** stands at the end alone"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: ^/*/x, to: s, allow: public}]}",
              "gateway.routes[0].path is '/*/x': it begins with a plain name, or is /** alone"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: ^/api/x, to: s, allow: public}]}",
              "gateway.routes[0].path is /api/x, where Varve answers itself. Choose another"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: ^staff}]}",
              "gateway.routes[0].allow is 'staff': write public, authenticated, role NAME, or scope NAME"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, when: ^\"me.roles ==\"}]}",
              "gateway.routes[0].when is no condition over request, me and now:"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, when: ^\"request.metod == 'GET'\"}]}",
              "gateway.routes[0].when asks for request.metod, which there is not. Did you mean 'method'?"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, when: ^\"'x'\"}]}",
              "gateway.routes[0].when is no condition over request, me and now:"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, strip: ^/t}]}",
              "gateway.routes[0].strip is '/t', with which no path of this route, /s, begins"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, prefix: ^v2}]}",
              "gateway.routes[0].prefix is 'v2': write a path of plain names"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, rewrite: {pattern: ^\"(\", to: /x}}]}",
              "gateway.routes[0].rewrite.pattern is no regular expression of RE2:"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, rewrite: {pattern: \"(a)\", to: ^/$2}}]}",
              "gateway.routes[0].rewrite.to is '/$2', but the pattern has 1 groups: $1 is the first"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, prefix: /v2, rewrite: ^{pattern: a, to: /b}}]}",
              "gateway.routes[0].rewrite stands beside strip or prefix"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, host: ^\"Shop.example:80\"}]}",
              "gateway.routes[0].host is 'Shop.example:80': write it in small letters without a port"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, methods: [^get]}]}",
              "gateway.routes[0].methods[0] is 'get': write a method in capitals"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, headers: {^\"X Y\": a}}]}",
              "gateway.routes[0].headers[X Y] is no name that a header may have"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, requestHeaders: {add: {^Connection: close}}}]}",
              "gateway.routes[0].requestHeaders.add[Connection] is for the connection alone, and Varve says it itself. Take it out"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, answerHeaders: {remove: [^Content-Length]}}]}",
              "gateway.routes[0].answerHeaders.remove[0] is for the connection alone"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, limit: {requests: ^-1}}]}",
              "gateway.routes[0].limit.requests must be a whole number from 0 to 1,000,000,000; it is '-1'"),
          new Wrong(
              "gateway: {services: {s: {urls: [\"http://h\"]}}, routes: [{path: /s, to: s, allow: public, ^cached: {ttl: 30s}}]}",
              "There is no setting 'gateway.routes[0].cached'."),
          // telemetry
          new Wrong(
              "telemetry: {accessLog: ^none/access.log}",
              "telemetry.accessLog names APP/none/access.log, which cannot be written (NoSuchFileException): make its folder, see who may with `ls -ld`, or name another file"),
          new Wrong(
              "telemetry: {traces: {endpoint: ^collector:4318}}",
              "telemetry.traces.endpoint must be a URL such as http://localhost:4318/v1/traces; it is 'collector:4318'"),
          new Wrong(
              "telemetry: {traces: {sampling: ^2}}",
              "telemetry.traces.sampling must be a number from 0 to 1, such as 0.01; it is '2'"));

  @TempDir Path app;

  @BeforeEach
  void makeAnApplication() throws IOException {
    Files.writeString(app.resolve("schema.graphql"), "type Note @model { id: ID! }");
    Files.createDirectory(app.resolve("public"));
  }

  /// What `varve serve` says of this file, before it listens.
  private String refused(String yaml, String... options) throws IOException {
    Files.writeString(app.resolve("varve.yaml"), yaml + "\n");
    StringWriter err = new StringWriter();
    String[] arguments =
        Stream.concat(Stream.of("serve", app.toString()), Stream.of(options))
            .toArray(String[]::new);
    CommandLine command =
        Main.commandLine(arguments)
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(err));
    assertThat(command.execute(arguments)).as(yaml).isEqualTo(1);
    return err.toString()
        .replace(app.resolve("varve.yaml").toString(), "varve.yaml")
        .replace(app.toAbsolutePath().toString(), "APP")
        .strip();
  }

  @ParameterizedTest
  @FieldSource("ROWS")
  void aMistakeIsNamedWithItsPlaceAndTheWayOut(Wrong row) throws IOException {
    assertThat(refused(row.yaml()))
        .startsWith("varve.yaml:1:%d: %s".formatted(row.column(), row.says()))
        .doesNotContain("\n");
  }

  /// Settings whose values are of a kind that most texts are not of.
  private static List<SettingDefinition> typed() {
    return frontDoor().filter(definition -> !isText(definition)).toList();
  }

  private static Stream<SettingDefinition> frontDoor() {
    return SettingDefinition.allOf(Settings.class).stream()
        .filter(definition -> SECTIONS.contains(definition.section()))
        .flatMap(definition ->
            definition.kind() instanceof SettingKind.Records records
                ? records.members().stream()
                : Stream.of(definition));
  }

  private static boolean isText(SettingDefinition definition) {
    return switch (definition.kind()) {
      case SettingKind.Scalar scalar -> scalar.type() == String.class;
      case SettingKind.Texts _, SettingKind.Pairs _ -> true;
      case SettingKind.Records _ -> fail("records of records");
    };
  }

  @ParameterizedTest
  @MethodSource("typed")
  void aValueOfAnotherKindIsNamedWithItsPlaceAndWhatItMustBe(SettingDefinition definition)
      throws IOException {
    String key = definition.key().replace("[]", "[0]");
    String yaml = yaml(definition.key());
    assertThat(refused(yaml))
        .isEqualTo(
            "varve.yaml:1:%d: %s must be %s; it is 'nonsense'"
                .formatted(yaml.indexOf("nonsense") + 1, key, definition.kind().described()));
  }

  /// Such as `http: {tls: {hstsSeconds: nonsense}}`.
  private static String yaml(String key) {
    String[] names = key.split("\\.", -1);
    StringBuilder yaml = new StringBuilder();
    StringBuilder end = new StringBuilder();
    for (int i = 0; i < names.length - 1; i++) {
      boolean element = names[i].endsWith("[]");
      yaml.append(names[i].replace("[]", "")).append(element ? ": [{" : ": {");
      end.insert(0, element ? "}]" : "}");
    }
    return yaml.append(names[names.length - 1]).append(": nonsense").append(end).toString();
  }

  /// A setting that takes any text for good would be refused when it is too late.
  @Test
  void everyTextIsHeldAgainstSomething() {
    List<String> told = ROWS.stream().map(Wrong::says).toList();
    assertThat(frontDoor().filter(WrongSettingsTest::isText).map(SettingDefinition::key))
        .isNotEmpty()
        .allSatisfy(key ->
            assertThat(told)
                .as(key)
                .anyMatch(says -> says.replaceAll("\\[\\d+]", "[]").matches(rowOf(key))));
  }

  private static String rowOf(String key) {
    return key.replace("[", "\\[").replace("]", "\\]").replace(".", "\\.") + "(\\[\\])? (?s).*";
  }

  @ParameterizedTest
  @MethodSource("ports")
  void aPortThatIsTakenIsNamedWithItsPlace(String yaml, String says) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      String line = yaml.replace("PORT", port);
      assertThat(refused(line))
          .isEqualTo(
              "varve.yaml:1:%d: %s".formatted(line.indexOf(port) + 1, says.replace("PORT", port)));
    }
  }

  private static List<Object[]> ports() {
    return List.of(
        new Object[] {
          "http: {port: PORT}",
          "Cannot listen on 127.0.0.1:PORT: Address already in use. Choose another with --host and --port, or with the settings http.host and http.port"
        },
        new Object[] {
          "telemetry: {port: PORT}\nhttp: {port: 0}",
          "telemetry.port is PORT, and nobody can listen there: Address already in use. Choose another"
        });
  }

  @Test
  void aPortOfTheCommandLineIsNotLookedForInTheFile() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(refused("http: {port: 8080}", "--port", port))
          .startsWith("Cannot listen on 127.0.0.1:%s: ".formatted(port));
    }
  }
}
