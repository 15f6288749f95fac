-- The key of a public application without which its session does not go on: a thumbprint, as in RFC 7638.
ALTER TABLE varve_session ADD COLUMN bound_key TEXT;

-- What is good once is forgotten each kind at its own time.
CREATE INDEX varve_single_use_kind ON varve_single_use (kind, expires_at);
DROP INDEX varve_single_use_expires_at;
