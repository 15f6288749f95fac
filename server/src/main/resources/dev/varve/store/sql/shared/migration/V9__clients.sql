-- Applications that administrators made, or that registered themselves, beside those of varve.yaml.

-- One that was deleted is kept: no other gets its id, with what people may still have of it.
CREATE TABLE varve_client (
  id TEXT PRIMARY KEY,
  -- who said what it is: ADMINISTRATOR or REGISTERED
  origin TEXT NOT NULL,
  -- a JSON object
  description TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  -- what it was given before is worth nothing
  good_since BIGINT NOT NULL,
  disabled_at BIGINT,
  deleted_at BIGINT
);

CREATE INDEX varve_client_origin ON varve_client (origin, created_at);

-- The secrets of clients, by their SHA-256.
CREATE TABLE varve_client_secret (
  hash BLOB PRIMARY KEY,
  client TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  -- of one that was followed by another
  expires_at BIGINT
);

CREATE INDEX varve_client_secret_client ON varve_client_secret (client);

-- What ends with a client.
CREATE INDEX varve_session_client ON varve_session (client);
CREATE INDEX varve_consent_client ON varve_consent (client);

-- What people were shown of a client when they let it in, as short hashes separated by spaces: they are asked again when it is more.
-- Of what was allowed before, nobody knows.
ALTER TABLE varve_consent ADD COLUMN shown TEXT NOT NULL DEFAULT '';

-- Whom the tokens of an application are for, where it is not all of this server: later ones are for no more.
ALTER TABLE varve_session ADD COLUMN resource TEXT;
