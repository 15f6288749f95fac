package dev.varve.face.provider;

import dev.varve.identity.provider.Somebody;
import dev.varve.store.sql.SqlValues;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Somebody, as they lie beside what is good once.
final class Identity {
  private Identity() {}

  static Map<String, Object> members(Somebody somebody) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("provider", somebody.provider());
    members.put("issuer", somebody.issuer());
    members.put("subject", somebody.subject());
    somebody.email().ifPresent(email -> members.put("email", email));
    members.put("emailVerified", somebody.emailVerified());
    somebody.name().ifPresent(name -> members.put("name", name));
    somebody.tokens().ifPresent(sealed -> members.put("tokens", sealed));
    somebody.provenAt().ifPresent(at -> members.put("provenAt", SqlValues.micros(at)));
    return members;
  }

  static Somebody read(Map<String, Object> members) {
    return new Somebody(
        String.valueOf(members.get("provider")),
        String.valueOf(members.get("issuer")),
        String.valueOf(members.get("subject")),
        Optional.ofNullable((String) members.get("email")),
        Boolean.TRUE.equals(members.get("emailVerified")),
        Optional.ofNullable((String) members.get("name")),
        Optional.ofNullable((Long) members.get("provenAt")).map(SqlValues::instant),
        Optional.ofNullable((String) members.get("tokens")));
  }
}
