package dev.varve.face.auth;

import dev.varve.identity.account.Credentials;
import dev.varve.identity.passkey.Passkey;
import dev.varve.identity.passkey.Passkeys;
import dev.varve.kernel.Rfc3339;
import dev.varve.lane.write.WriteContext;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/// With what somebody who signs up will sign in.
sealed interface FirstCredential {
  /// Gives it to an account that has no other.
  ///
  /// @return whether it could be given
  boolean give(WriteContext write, String account) throws SQLException;

  /// As plain JSON values, to be kept while a mailbox is to be confirmed.
  Map<String, Object> members();

  /// @param members those of [#members()]
  static Optional<FirstCredential> read(Map<?, ?> members) {
    if (members.get(Password.HASH) instanceof String hash) {
      return Optional.of(new Password(hash));
    }
    return members.get(Key.PASSKEY) instanceof Map<?, ?> passkey
        ? Optional.of(Key.read(passkey))
        : Optional.empty();
  }

  /// @param hash of the password
  record Password(String hash) implements FirstCredential {
    private static final String HASH = "hash";

    @Override
    public boolean give(WriteContext write, String account) throws SQLException {
      Credentials.set(write, account, hash);
      return true;
    }

    @Override
    public Map<String, Object> members() {
      return Map.of(HASH, hash);
    }

    /// Not the hash: this ends up in logs.
    @Override
    public String toString() {
      return "Password[...]";
    }
  }

  /// @param passkey of no account yet
  /// @param handle the name under which its authenticator knows the account, in base64url
  record Key(Passkey passkey, String handle) implements FirstCredential {
    private static final String PASSKEY = "passkey";

    @Override
    public boolean give(WriteContext write, String account) throws SQLException {
      Credentials.remove(write, account);
      if (!Passkeys.add(write, passkey.of(account))) {
        return false;
      }
      Passkeys.keepHandle(write, account, bytes(handle));
      return true;
    }

    @Override
    public Map<String, Object> members() {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("id", passkey.id());
      members.put("name", passkey.name());
      members.put("credential", text(passkey.key().credential()));
      members.put("aaguid", passkey.key().aaguid());
      members.put("publicKey", text(passkey.key().publicKey()));
      members.put("counter", passkey.counter());
      members.put("backupEligible", passkey.backup().eligible());
      members.put("backedUp", passkey.backup().done());
      members.put("transports", List.copyOf(passkey.transports()));
      members.put("createdAt", Rfc3339.text(passkey.createdAt()));
      members.put("handle", handle);
      return Map.of(PASSKEY, members);
    }

    private static Key read(Map<?, ?> members) {
      List<?> transports = (List<?>) Objects.requireNonNull(members.get("transports"));
      Passkey passkey =
          new Passkey(
              text(members, "id"),
              "",
              text(members, "name"),
              new Passkey.Key(
                  bytes(text(members, "credential")),
                  text(members, "aaguid"),
                  bytes(text(members, "publicKey"))),
              (Long) Objects.requireNonNull(members.get("counter")),
              new Passkey.Backup(
                  Boolean.TRUE.equals(members.get("backupEligible")),
                  Boolean.TRUE.equals(members.get("backedUp"))),
              true,
              false,
              transports.stream().map(String::valueOf).collect(Collectors.toSet()),
              Instant.parse(text(members, "createdAt")),
              Optional.empty());
      return new Key(passkey, text(members, "handle"));
    }

    private static String text(Map<?, ?> members, String name) {
      return String.valueOf(members.get(name));
    }

    private static String text(byte[] bytes) {
      return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] bytes(String text) {
      return Base64.getUrlDecoder().decode(text);
    }
  }
}
