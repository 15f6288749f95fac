-- Bytes, under the name that the scripts for every database have for them.
CREATE DOMAIN BLOB AS BYTEA;

-- One row for each unit of work. The hash covers every other column and the hash of the row before. The key is what keeps two
-- writers from the same position, whatever else fails.
CREATE TABLE varve_log (
  position BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  request_id TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  events TEXT NOT NULL,
  hash BYTEA NOT NULL
) PARTITION BY RANGE (position);

-- So many positions a part; the parts that follow are made as the log grows.
CREATE TABLE varve_log_0 PARTITION OF varve_log FOR VALUES FROM (0) TO (10000000);

-- Whoever writes takes this row first. Writing does not change it, so that those who wait are served in turn, and that no
-- old versions of it pile up while somebody reads for a long time. The end of the log is its last row.
CREATE TABLE varve_head (
  id INTEGER PRIMARY KEY
);

INSERT INTO varve_head (id) VALUES (1);

-- The end of the log as it was noted last, about once a second: a log that does not reach it was cut.
CREATE TABLE varve_checkpoint (
  id INTEGER PRIMARY KEY,
  position BIGINT NOT NULL,
  at BIGINT NOT NULL,
  hash BYTEA NOT NULL
);

INSERT INTO varve_checkpoint (id, position, at, hash)
VALUES (1, 0, 0, '\x0000000000000000000000000000000000000000000000000000000000000000');

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
  digest BYTEA NOT NULL,
  position BIGINT NOT NULL,
  at BIGINT NOT NULL,
  answer BYTEA NOT NULL,
  PRIMARY KEY (actor, idempotency_key)
);

CREATE INDEX varve_idempotency_at ON varve_idempotency (at);

-- How far a rebuild has come, so that an interrupted one goes on where it stopped.
CREATE TABLE varve_rebuild (
  id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL,
  position BIGINT NOT NULL
);
