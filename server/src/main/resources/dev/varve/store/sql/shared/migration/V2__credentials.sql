-- Keys that sign access tokens. The private part is sealed with a secret that the database does not hold, and the seal
-- covers every other column.
CREATE TABLE varve_signing_key (
  id TEXT PRIMARY KEY,
  algorithm TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  -- from when on it signs: it is published a while before
  signs_from BIGINT NOT NULL,
  public_key BLOB NOT NULL,
  private_key BLOB NOT NULL
);

-- API keys of machines, by the SHA-256 of their secret.
CREATE TABLE varve_api_key (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- a JSON list
  roles TEXT NOT NULL,
  hash BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  -- to the hour
  last_used_at BIGINT,
  expires_at BIGINT,
  revoked_at BIGINT
);
