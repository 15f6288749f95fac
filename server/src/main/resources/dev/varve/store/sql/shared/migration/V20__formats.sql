-- In which format a program has kept the data, the newest of those that have served them, and the least that may write: a
-- program that knows less leaves them alone.
ALTER TABLE varve_head ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE varve_head ADD COLUMN format_min INTEGER NOT NULL DEFAULT 1;

-- Of a node: the newest format that it knows, and the version that its own schema file is; 0 of one that does not say.
ALTER TABLE varve_node ADD COLUMN format INTEGER NOT NULL DEFAULT 0;
ALTER TABLE varve_node ADD COLUMN file_version INTEGER NOT NULL DEFAULT 0;
