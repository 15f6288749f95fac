-- Mails on their way: each is written in the unit that causes it, and taken away when the mail server has it.
CREATE TABLE varve_outbox (
  id TEXT PRIMARY KEY,
  -- to whom and what, sealed
  content BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  -- from then on it is of no use, such as one whose link is worth nothing, and is not sent any more
  expires_at BIGINT NOT NULL,
  -- how often it was begun to be sent
  tries BIGINT NOT NULL,
  -- when it is sent next; of one that is being sent, when it is sent again if nobody has said what came of it
  next_at BIGINT NOT NULL,
  -- the process that is sending it now
  sender TEXT
);

CREATE INDEX varve_outbox_next_at ON varve_outbox (next_at);
CREATE INDEX varve_outbox_expires_at ON varve_outbox (expires_at);

-- What its settings call a node.
ALTER TABLE varve_node ADD COLUMN name TEXT NOT NULL DEFAULT '';
