-- Passkeys (Web Authentication Level 3). None of them enters the log.

CREATE TABLE varve_passkey (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  -- what its owner calls it
  name TEXT NOT NULL,
  -- what its authenticator calls it, at most 1,023 bytes
  credential BLOB NOT NULL,
  -- the model of the authenticator
  aaguid TEXT NOT NULL,
  -- a COSE key
  public_key BLOB NOT NULL,
  counter BIGINT NOT NULL,
  -- whether it may be on many devices, and whether it is
  backup_eligible BOOLEAN NOT NULL,
  backed_up BOOLEAN NOT NULL,
  -- whether it is known to make sure who uses it, so that it is a way in by itself
  verifies BOOLEAN NOT NULL,
  -- whether it is asked for after a password
  second BOOLEAN NOT NULL,
  -- separated by spaces
  transports TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT
);

CREATE UNIQUE INDEX varve_passkey_credential ON varve_passkey (credential);
CREATE INDEX varve_passkey_account ON varve_passkey (account, created_at);

-- The name under which authenticators know an account: random, and the same for all of its passkeys.
CREATE TABLE varve_passkey_user (
  account TEXT PRIMARY KEY,
  handle BLOB NOT NULL
);

CREATE UNIQUE INDEX varve_passkey_user_handle ON varve_passkey_user (handle);
