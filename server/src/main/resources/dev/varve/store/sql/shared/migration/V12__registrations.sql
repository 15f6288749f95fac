-- The tokens with which clients that registered themselves look after what they said, by their SHA-256.

CREATE TABLE varve_client_registration (
  hash BLOB PRIMARY KEY,
  client TEXT NOT NULL,
  -- counts on: one that follows another is good at once, and the one before until it is used
  generation BIGINT NOT NULL
);

CREATE INDEX varve_client_registration_client ON varve_client_registration (client, generation);
