-- Where the log goes on after its end was lost, as by a failover to a standby that was behind: one row each time somebody accepted
-- that. Before the first the log is in epoch 1.
CREATE TABLE varve_epoch (
  epoch BIGINT PRIMARY KEY,
  -- the last position that it shares with the epochs before
  kept BIGINT NOT NULL,
  -- the last position of those before that anybody knew of
  lost BIGINT NOT NULL,
  at BIGINT NOT NULL
);

-- Ends of the log that nodes have known, and that it does not have any more. While there is a row, nobody writes.
CREATE TABLE varve_lost (
  hash BLOB PRIMARY KEY,
  epoch BIGINT NOT NULL,
  position BIGINT NOT NULL,
  at BIGINT NOT NULL,
  -- the last position that the log still has from before
  kept BIGINT NOT NULL,
  -- of the node that told first
  address TEXT NOT NULL,
  noticed_at BIGINT NOT NULL
);

-- The servers of a shared database that the log was written on, in order, each with the end that it found. It stays empty beside a
-- file.
CREATE TABLE varve_server (
  seq BIGINT PRIMARY KEY,
  server TEXT NOT NULL,
  position BIGINT NOT NULL,
  at BIGINT NOT NULL
);

-- Names this log, so that what a node remembers of another one is not looked for in it.
ALTER TABLE varve_head ADD COLUMN log TEXT;

-- The server on which a node has found the end of the log that it knows.
ALTER TABLE varve_node ADD COLUMN server TEXT NOT NULL DEFAULT '';
