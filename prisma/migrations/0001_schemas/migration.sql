-- Who may write what is a property of the database, not of the code that connects to it.
-- readmodel: only the projector's role writes it; the web role selects. identity and operations: the web role's own.
CREATE SCHEMA IF NOT EXISTS "readmodel";
CREATE SCHEMA IF NOT EXISTS "identity";
CREATE SCHEMA IF NOT EXISTS "operations";

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA "readmodel" TO interpool_web, interpool_projector;
GRANT USAGE ON SCHEMA "identity", "operations" TO interpool_web;

ALTER DEFAULT PRIVILEGES IN SCHEMA "readmodel" GRANT SELECT ON TABLES TO interpool_web;
ALTER DEFAULT PRIVILEGES IN SCHEMA "readmodel" GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO interpool_projector;
ALTER DEFAULT PRIVILEGES IN SCHEMA "identity" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO interpool_web;
ALTER DEFAULT PRIVILEGES IN SCHEMA "operations" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO interpool_web;
ALTER DEFAULT PRIVILEGES IN SCHEMA "operations" GRANT USAGE, SELECT ON SEQUENCES TO interpool_web;
