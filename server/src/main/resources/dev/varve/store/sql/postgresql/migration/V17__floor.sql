-- Up to this instant (microseconds) somebody has read the past: no node writes a unit there any more.
ALTER TABLE varve_head ADD COLUMN floor BIGINT NOT NULL DEFAULT -1;
