package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.LinkedHashMap;
import java.util.Map;

/// What tests do with passkeys over HTTP.
public final class Passkeyed {
  private Passkeyed() {}

  /// The origin of pages of a server on this machine.
  public static String origin(TestServer server) {
    return "http://localhost:" + server.port();
  }

  public static SoftwareKey key(TestServer server) {
    return new SoftwareKey(origin(server));
  }

  static Map<String, Object> creation(TestServer server, String access) {
    return good(options(server, access, Map.of()));
  }

  static Reply options(TestServer server, String access, Map<String, ?> body) {
    return People.post(server, "/auth/passkeys/options", People.bearer(access), body);
  }

  static Reply add(TestServer server, String access, Map<String, Object> credential) {
    return People.post(
        server, "/auth/passkeys", People.bearer(access), Map.of("credential", credential));
  }

  /// A key of the account that an access token belongs to.
  public static SoftwareKey enrolled(TestServer server, String access) {
    return enrolled(server, access, key(server));
  }

  public static SoftwareKey enrolled(TestServer server, String access, SoftwareKey key) {
    Reply added = add(server, access, key.create(creation(server, access)));
    assertThat(added.status()).as(added.text()).isEqualTo(201);
    return key;
  }

  public static Map<String, Object> signInOptions(TestServer server) {
    return good(People.post(server, "/auth/sign-in/passkey/options", Map.of()));
  }

  static Reply signIn(TestServer server, SoftwareKey key) {
    return signIn(server, key.get(signInOptions(server)));
  }

  public static Reply signIn(TestServer server, Map<String, Object> credential) {
    return People.post(server, "/auth/sign-in/passkey", Map.of("credential", credential));
  }

  static Reply list(TestServer server, String access) {
    return server.send("GET", "/auth/passkeys", People.bearer(access), "");
  }

  static Map<String, Object> good(Reply reply) {
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return People.json(reply);
  }

  /// The same object with one member in another way.
  static Map<String, Object> with(Map<String, Object> object, String name, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(object);
    changed.put(name, value);
    return changed;
  }
}
