package dev.varve.face.oauth;

import dev.varve.identity.client.ClientSettings;
import dev.varve.kernel.Json;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The provider of [Provider] under an address of its own, with one more client that has keys in place of a secret.
public final class Bank {
  static final String ISSUER = "https://varve.example";
  static final String BACK = "https://bank.example/back";
  static final String ID = "bank";

  private Bank() {}

  static ClientSettings settings(KeyHolder... keys) {
    ClientSettings office = Provider.clients().clients().get("office");
    return SettingRecords.changed(
        Objects.requireNonNull(office),
        Map.of(
            "id",
            ID,
            "title",
            "Bank",
            "redirectUris",
            List.of(BACK),
            "scopes",
            List.of("openid", "email", "notes:read", "notes:write", "offline_access"),
            "secret",
            "",
            "jwks",
            jwks(keys)));
  }

  public static String jwks(KeyHolder... keys) {
    Map<String, Object> set =
        Map.of("keys", Arrays.stream(keys).map(KeyHolder::publicKey).toList());
    return new String(Json.bytes(json -> Json.write(json, set)), StandardCharsets.UTF_8);
  }

  static Plan plan(SteppedClock clock, ClientSettings... more) {
    Plan plan = Provider.plan();
    Map<String, ClientSettings> clients = new LinkedHashMap<>(plan.oauth().clients());
    for (ClientSettings client : more) {
      clients.put(client.id(), client);
    }
    return plan.with(clock)
        .with(SettingRecords.changed(plan.auth(), Map.of("issuer", ISSUER)))
        .with(SettingRecords.changed(plan.oauth(), Map.of("clients", clients)));
  }

  /// A form with an assertion of the bank.
  public static Map<String, String> asserted(Map<String, String> form, String assertion) {
    Map<String, String> all = new LinkedHashMap<>(form);
    all.remove("client_id");
    all.put("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    all.put("client_assertion", assertion);
    return all;
  }

  static Map<String, String> asserted(Map<String, String> form, KeyHolder key, Instant at) {
    return asserted(form, key.assertion(ID, ISSUER, at));
  }

  /// A form with a proof of a key.
  static Reply proven(TestServer server, String path, Map<String, String> form, String proof) {
    return server.send(
        "POST",
        path,
        Map.of("Content-Type", "application/x-www-form-urlencoded", "DPoP", proof),
        Visitor.form(form));
  }

  /// What the token endpoint gives to whoever proves a key, which asks for the nonce first.
  static Reply tokens(
      TestServer server, Map<String, String> form, KeyHolder key, SteppedClock clock) {
    return proven(
        server,
        TokenEndpoint.PATH,
        form,
        key.proof("POST", ISSUER + TokenEndpoint.PATH, nonce(server, clock), clock.instant()));
  }

  /// As a client finds it out.
  static String nonce(TestServer server, SteppedClock clock) {
    KeyHolder anybody = KeyHolder.es256();
    return proven(
            server,
            TokenEndpoint.PATH,
            Map.of("grant_type", "authorization_code", "client_id", "notes-page"),
            anybody.proof("POST", ISSUER + TokenEndpoint.PATH, "none", clock.instant()))
        .header("DPoP-Nonce");
  }
}
