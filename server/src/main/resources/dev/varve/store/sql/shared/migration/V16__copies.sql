-- What was noted of the data here when they were copied from one database to another; no row when they are data like any other.
CREATE TABLE varve_copy (
  id INTEGER PRIMARY KEY,
  -- names one copy, in both of its databases
  copy TEXT NOT NULL,
  -- PART: a copy that is not whole yet. MOVED: the data are elsewhere, and nobody writes here any more
  state TEXT NOT NULL,
  -- the other database, for people
  other TEXT NOT NULL,
  at BIGINT NOT NULL,
  -- of a part: up to which position, and under which schema, the tables of models were made
  replayed BIGINT NOT NULL,
  schema_version INTEGER NOT NULL
);
