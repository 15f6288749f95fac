-- What proves who somebody is. None of it enters the log.

-- The password of an account: an Argon2id hash as a PHC string.
CREATE TABLE varve_credential (
  account TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);

-- Where an account is signed in. One that has ended keeps its row for a day.
CREATE TABLE varve_session (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  device TEXT NOT NULL,
  address TEXT NOT NULL,
  -- the end of its longest possible life, and of its life without use
  ends_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT
);

CREATE INDEX varve_session_account ON varve_session (account, last_used_at);
CREATE INDEX varve_session_expires_at ON varve_session (expires_at);

-- Refresh tokens by their SHA-256. A used one is kept, so that its second use is known.
CREATE TABLE varve_refresh_token (
  hash BLOB PRIMARY KEY,
  session TEXT NOT NULL,
  issued_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);

CREATE INDEX varve_refresh_token_session ON varve_refresh_token (session);
CREATE INDEX varve_refresh_token_expires_at ON varve_refresh_token (expires_at);

-- What was sent to a mailbox, by the SHA-256 of the token in it.
CREATE TABLE varve_mail_token (
  hash BLOB PRIMARY KEY,
  purpose TEXT NOT NULL,
  account TEXT,
  email TEXT NOT NULL,
  -- of a sign-up that waits: the hash of its password and the fields of its account
  payload TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);

CREATE INDEX varve_mail_token_email ON varve_mail_token (email, created_at);
CREATE INDEX varve_mail_token_account ON varve_mail_token (account);
CREATE INDEX varve_mail_token_expires_at ON varve_mail_token (expires_at);

-- Failed attempts to prove something, by what they are counted for.
CREATE TABLE varve_attempt (
  subject TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  last_at BIGINT NOT NULL,
  locked_until BIGINT NOT NULL
);

CREATE INDEX varve_attempt_last_at ON varve_attempt (last_at);
