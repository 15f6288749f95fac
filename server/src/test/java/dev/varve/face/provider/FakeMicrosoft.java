package dev.varve.face.provider;

import java.util.LinkedHashMap;
import java.util.Map;

/// Microsoft: one issuer for all organisations with a gap in it, a `sub` that is another for each application, and addresses that
/// anybody can write into their account.
class FakeMicrosoft extends FakeProvider {
  static final String TENANT = "11111111-2222-3333-4444-555555555555";

  @Override
  void routes() {
    super.routes();
    on(
        "/common/v2.0/.well-known/openid-configuration",
        exchange -> json(exchange, 200, metadata.apply(about())));
  }

  @Override
  String issuer() {
    return url() + "/{tenantid}/v2.0";
  }

  @Override
  Map<String, Object> claimsOf(Grant grant) {
    Map<String, Object> claims = super.claimsOf(grant);
    claims.put("iss", url() + "/" + grant.person().get("tid") + "/v2.0");
    return claims;
  }

  static Map<String, Object> person(String tenant, String id, String email) {
    Map<String, Object> person = new LinkedHashMap<>();
    person.put("tid", tenant);
    person.put("oid", id);
    person.put("sub", "pairwise-" + id);
    person.put("email", email);
    person.put("preferred_username", email);
    person.put("name", "Ada Lovelace");
    return person;
  }
}
