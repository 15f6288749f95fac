-- Sessions tell how somebody signed in, and for which application they were opened.

-- how, as in RFC 8176, separated by spaces; those from before were opened by a password
ALTER TABLE varve_session ADD COLUMN methods TEXT NOT NULL DEFAULT 'pwd';
-- when it was proven last who it is
ALTER TABLE varve_session ADD COLUMN authenticated_at BIGINT NOT NULL DEFAULT 0;
UPDATE varve_session SET authenticated_at = created_at;
-- of a browser: the SHA-256 of the cookie that it keeps
ALTER TABLE varve_session ADD COLUMN cookie BLOB;
-- of an application: which, what it may, and the session of the browser that ends it too
ALTER TABLE varve_session ADD COLUMN client TEXT;
ALTER TABLE varve_session ADD COLUMN scopes TEXT;
ALTER TABLE varve_session ADD COLUMN parent TEXT;

CREATE UNIQUE INDEX varve_session_cookie ON varve_session (cookie);
CREATE INDEX varve_session_parent ON varve_session (parent);

-- What the token that follows a used one is made of, together with the used one itself.
ALTER TABLE varve_refresh_token ADD COLUMN successor_key BLOB;

-- What is good once, by the SHA-256 of its text. A used one is kept for a while, so that its second use is known.
CREATE TABLE varve_single_use (
  kind TEXT NOT NULL,
  hash BLOB NOT NULL,
  -- a JSON object
  content TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  -- what came of its use, such as the id of a session
  outcome TEXT,
  PRIMARY KEY (kind, hash)
);

CREATE INDEX varve_single_use_expires_at ON varve_single_use (expires_at);

-- Requests of applications to sign somebody in, while people answer what they are asked; by the SHA-256 of their ids.
CREATE TABLE varve_flow (
  hash BLOB PRIMARY KEY,
  -- the SHA-256 of a cookie: the flow belongs to this browser alone
  browser BLOB NOT NULL,
  client TEXT NOT NULL,
  -- a JSON object
  request TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  finished_at BIGINT
);

CREATE INDEX varve_flow_expires_at ON varve_flow (expires_at);

-- What people allowed applications.
CREATE TABLE varve_consent (
  account TEXT NOT NULL,
  client TEXT NOT NULL,
  -- separated by spaces
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (account, client)
);
