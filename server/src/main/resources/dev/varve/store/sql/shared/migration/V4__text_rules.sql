-- By which rules texts are kept and folded in the tables of models, so that they are made anew when those change.
CREATE TABLE varve_text_rules (
  id INTEGER PRIMARY KEY,
  rules TEXT NOT NULL
);
