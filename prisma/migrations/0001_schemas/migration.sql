-- Who may write what is a property of the database, not of the code that connects to it. identity and operations: the web role's own.
CREATE SCHEMA IF NOT EXISTS "identity";
CREATE SCHEMA IF NOT EXISTS "operations";

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA "identity", "operations" TO interpool_web;

ALTER DEFAULT PRIVILEGES IN SCHEMA "identity" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO interpool_web;
ALTER DEFAULT PRIVILEGES IN SCHEMA "operations" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO interpool_web;
ALTER DEFAULT PRIVILEGES IN SCHEMA "operations" GRANT USAGE, SELECT ON SEQUENCES TO interpool_web;

-- A read model is not migrated: its schema is named after its definition, and the projector makes it. The role may make such schemas and
-- nothing else in this database, so the schema is made here with the rights of whoever migrates, who can therefore drop it later.
CREATE FUNCTION public.create_read_model("name" text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF "name" IS NULL OR "name" !~ '^readmodel_[0-9a-f]{8}$' THEN
    RAISE EXCEPTION '% is not the name of a read model', coalesce("name", 'null');
  END IF;
  EXECUTE format('CREATE SCHEMA %I', "name");
  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO interpool_projector', "name");
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO interpool_web', "name");
END $$;
REVOKE ALL ON FUNCTION public.create_read_model(text) FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO interpool_projector;
GRANT EXECUTE ON FUNCTION public.create_read_model(text) TO interpool_projector;
