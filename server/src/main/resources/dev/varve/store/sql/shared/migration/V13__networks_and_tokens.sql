-- Networks from which somebody has signed in to an account, by the SHA-256 of account and network: guesses made elsewhere do not lock
-- these out.
CREATE TABLE varve_known_network (
  subject TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  last_at BIGINT NOT NULL
);

CREATE INDEX varve_known_network_account ON varve_known_network (account, last_at);
CREATE INDEX varve_known_network_last_at ON varve_known_network (last_at);

-- What a provider gave for itself, where the settings keep it: sealed for the identity of the link.
ALTER TABLE varve_link ADD COLUMN tokens TEXT;
