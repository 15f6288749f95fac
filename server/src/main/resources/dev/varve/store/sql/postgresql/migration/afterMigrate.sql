-- Texts of Varve's own tables are in the order of their code points, as everywhere in Varve, whatever the order of the database.
-- A start that was broken off behind a script leaves this to the next, which counts the columns that wait for it.
DO $$
DECLARE
  text_column RECORD;
BEGIN
  FOR text_column IN
    SELECT table_name, column_name
    FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = current_schema()
      AND table_type = 'BASE TABLE'
      AND table_name LIKE 'varve\_%'
      AND table_name NOT LIKE 'varve\_log\__%'
      AND table_name <> 'varve_migrations'
      AND data_type = 'text'
      AND collation_name IS DISTINCT FROM 'C'
  LOOP
    EXECUTE format(
      'ALTER TABLE %I ALTER COLUMN %I TYPE TEXT COLLATE "C"',
      text_column.table_name, text_column.column_name);
  END LOOP;
END
$$;
