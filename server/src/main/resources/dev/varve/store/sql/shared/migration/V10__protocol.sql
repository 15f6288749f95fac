-- The key of a public application without which its session does not go on: a thumbprint, as in RFC 7638.
ALTER TABLE varve_session ADD COLUMN bound_key TEXT;

-- What is good once is forgotten each kind at its own time.
CREATE INDEX varve_single_use_kind ON varve_single_use (kind, expires_at);
DROP INDEX varve_single_use_expires_at;

-- Devices that ask to be let in where somebody has a browser, by the SHA-256 of what they bring.
CREATE TABLE varve_device (
  hash BLOB PRIMARY KEY,
  -- the SHA-256 of what people type
  user_hash BLOB NOT NULL,
  client TEXT NOT NULL,
  -- a JSON object
  request TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  -- the SHA-256 of a cookie: the browser that came with the code first
  browser BLOB,
  decided_at BIGINT,
  -- what somebody has allowed, a JSON object; nothing when they refused
  allowed TEXT,
  used_at BIGINT
);

CREATE UNIQUE INDEX varve_device_user_hash ON varve_device (user_hash);
CREATE INDEX varve_device_expires_at ON varve_device (expires_at);

-- Sessions of applications that have ended, until the applications have been told.
CREATE TABLE varve_logout (
  session TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  client TEXT NOT NULL,
  tries BIGINT NOT NULL,
  next_at BIGINT NOT NULL
);

CREATE INDEX varve_logout_next_at ON varve_logout (next_at);
