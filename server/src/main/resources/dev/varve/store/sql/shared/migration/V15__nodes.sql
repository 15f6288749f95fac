-- What no log keeps, and other nodes have in memory: announced in the transaction that changes it. The newest
-- ten thousand are kept.
CREATE TABLE varve_notice (
  seq BIGINT PRIMARY KEY,
  topic TEXT NOT NULL,
  subject TEXT NOT NULL
);

-- The processes that serve these data, each by its own account of a moment ago. Of use
-- where several can: both stay empty beside a file.
CREATE TABLE varve_node (
  id TEXT PRIMARY KEY,
  address TEXT NOT NULL,
  program TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  position BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
);
