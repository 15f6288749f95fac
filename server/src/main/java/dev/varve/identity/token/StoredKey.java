package dev.varve.identity.token;

import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/// A signing key as it lies in the database.
///
/// @param publicKey X.509
/// @param sealedPrivateKey PKCS #8, sealed
public record StoredKey(
    String id,
    SigningAlgorithm algorithm,
    Instant createdAt,
    Instant signsFrom,
    byte[] publicKey,
    byte[] sealedPrivateKey) {
  private static final String SELECT =
      "SELECT id, algorithm, created_at, signs_from, public_key, private_key"
          + " FROM varve_signing_key ORDER BY signs_from, created_at, id";

  static StoredKey sealed(
      SigningKey key, KeyPair pair, Instant createdAt, Instant signsFrom, Seal seal) {
    StoredKey open =
        new StoredKey(
            key.id(),
            key.algorithm(),
            createdAt,
            signsFrom,
            pair.getPublic().getEncoded(),
            new byte[0]);
    return new StoredKey(
        open.id,
        open.algorithm,
        createdAt,
        signsFrom,
        open.publicKey,
        seal.close(pair.getPrivate().getEncoded(), open.covered()));
  }

  SigningKey open(Seal seal) throws Seal.Broken {
    return SigningKey.of(algorithm, pair(seal));
  }

  public KeyPair pair(Seal seal) throws Seal.Broken {
    return algorithm.keys(publicKey, seal.open(sealedPrivateKey, covered()));
  }

  /// Every column but the sealed one, so that none can be exchanged.
  private byte[] covered() {
    return "%s %s %d %d %s"
        .formatted(
            id,
            algorithm,
            SqlValues.micros(createdAt),
            SqlValues.micros(signsFrom),
            HexFormat.of().formatHex(publicKey))
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// All keys, oldest first.
  public static List<StoredKey> all(Session session) throws SQLException {
    return session.list(SELECT, List.of(), StoredKey::read);
  }

  private static StoredKey read(ResultSet row) throws SQLException {
    return new StoredKey(
        row.getString(1),
        SigningAlgorithm.valueOf(row.getString(2)),
        SqlValues.instant(row.getLong(3)),
        SqlValues.instant(row.getLong(4)),
        row.getBytes(5),
        row.getBytes(6));
  }

  void insert(Session session) throws SQLException {
    session.update(
        "INSERT INTO varve_signing_key"
            + " (id, algorithm, created_at, signs_from, public_key, private_key)"
            + " VALUES (?, ?, ?, ?, ?, ?)",
        List.of(
            id,
            algorithm.name(),
            SqlValues.micros(createdAt),
            SqlValues.micros(signsFrom),
            publicKey,
            sealedPrivateKey));
  }

  void delete(Session session) throws SQLException {
    session.update("DELETE FROM varve_signing_key WHERE id = ?", List.of(id));
  }
}
