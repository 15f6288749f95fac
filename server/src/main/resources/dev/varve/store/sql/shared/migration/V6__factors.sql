-- What somebody has proven in a flow who owes a second factor: a JSON object.
ALTER TABLE varve_flow ADD COLUMN proven TEXT;

-- Authenticator applications of accounts (RFC 6238).
CREATE TABLE varve_totp (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  -- sealed
  secret BLOB NOT NULL,
  -- the last one of which a code was used: none of it or before it is good again
  step BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT
);

CREATE INDEX varve_totp_account ON varve_totp (account);

-- Recovery codes, by the SHA-256 of account and text.
CREATE TABLE varve_recovery_code (
  account TEXT NOT NULL,
  hash BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (account, hash)
);

-- Browsers on which an account is not asked for its second factor again, by the SHA-256 of a cookie.
CREATE TABLE varve_trusted_device (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  hash BLOB NOT NULL,
  device TEXT NOT NULL,
  address TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX varve_trusted_device_account_hash ON varve_trusted_device (account, hash);
