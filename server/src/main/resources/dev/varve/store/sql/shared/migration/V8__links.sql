-- Identities at providers, such as Google, by which accounts sign in.
CREATE TABLE varve_link (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  -- the name of the provider in the settings
  provider TEXT NOT NULL,
  -- who says so, and what they call somebody for ever
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- what the provider said of the address, when it was linked
  email TEXT,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  -- when somebody removed it; a row is kept, so that the same address does not bring the link back
  ended_at BIGINT
);

CREATE UNIQUE INDEX varve_link_subject ON varve_link (provider, issuer, subject);
CREATE INDEX varve_link_account ON varve_link (account);
