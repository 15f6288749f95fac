-- What somebody has proven in a flow who owes a second factor: a JSON object.
ALTER TABLE varve_flow ADD COLUMN proven TEXT;
