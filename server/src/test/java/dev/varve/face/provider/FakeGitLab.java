package dev.varve.face.provider;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// GitLab: an OpenID provider of many owners. Whoever signs in there may have come to another browser since: what it tells of that is of the
/// person and not of the browser. It tells an address without its scope too, the one that is shown to everybody.
class FakeGitLab extends FakeProvider {
  // when the person has signed in last, wherever that was
  volatile Duration latestSignIn = Duration.ofHours(5);

  @Override
  Map<String, Object> claimsOf(Grant grant) {
    Map<String, Object> claims = super.claimsOf(grant);
    claims.putIfAbsent("auth_time", clock.instant().minus(latestSignIn).getEpochSecond());
    claims.put("sub_legacy", "9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab");
    claims.put("nickname", "ada");
    claims.put("profile", url() + "/ada");
    claims.put("groups_direct", java.util.List.of("engine"));
    return claims;
  }

  static Map<String, Object> person(String subject, String email, boolean verified) {
    Map<String, Object> person = new LinkedHashMap<>();
    person.put("sub", subject);
    person.put("name", "Ada Lovelace");
    person.put("email", email);
    person.put("email_verified", verified);
    return person;
  }
}
