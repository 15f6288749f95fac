-- What one client has open at a time is counted, and bounded.

-- of what a client has asked for itself: which client
ALTER TABLE varve_single_use ADD COLUMN client TEXT;

CREATE INDEX varve_single_use_client ON varve_single_use (client, kind, expires_at)
  WHERE client IS NOT NULL AND used_at IS NULL;
CREATE INDEX varve_device_client ON varve_device (client, expires_at) WHERE used_at IS NULL;
