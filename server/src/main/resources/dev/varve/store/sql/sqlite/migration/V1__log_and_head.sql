-- One row for each unit of work. The hash covers every other column and the hash of the row before.
CREATE TABLE varve_log (
  position INTEGER PRIMARY KEY,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  request_id TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  events TEXT NOT NULL,
  hash BLOB NOT NULL
);

-- The end of the log. Whoever writes takes this row first.
CREATE TABLE varve_head (
  id INTEGER PRIMARY KEY,
  position BIGINT NOT NULL,
  at BIGINT NOT NULL,
  hash BLOB NOT NULL
);

INSERT INTO varve_head (id, position, at, hash)
VALUES (1, 0, 0, x'0000000000000000000000000000000000000000000000000000000000000000');

-- Every schema file that was ever applied; events name the one that wrote them.
CREATE TABLE varve_schema (
  version INTEGER PRIMARY KEY,
  position BIGINT NOT NULL,
  at BIGINT NOT NULL,
  source TEXT NOT NULL
);

-- Answers to writes that came with an Idempotency-Key, kept for a day.
CREATE TABLE varve_idempotency (
  actor TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  digest BLOB NOT NULL,
  position BIGINT NOT NULL,
  at BIGINT NOT NULL,
  answer BLOB NOT NULL,
  PRIMARY KEY (actor, idempotency_key)
);

CREATE INDEX varve_idempotency_at ON varve_idempotency (at);

-- How far a rebuild has come, so that an interrupted one goes on where it stopped.
CREATE TABLE varve_rebuild (
  id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL,
  position BIGINT NOT NULL
);
