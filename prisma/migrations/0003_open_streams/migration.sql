-- One row per open event stream or waiting agent. A portal that was killed renews nothing, so its rows stop counting by themselves.
CREATE TABLE "operations"."open_streams" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "network" text NOT NULL,
  "holder" text,
  "expiresAt" timestamptz NOT NULL
);
CREATE INDEX "open_streams_network" ON "operations"."open_streams" ("network");
CREATE INDEX "open_streams_holder" ON "operations"."open_streams" ("holder");
CREATE INDEX "open_streams_expiresAt" ON "operations"."open_streams" ("expiresAt");

-- Counts and inserts as one step: who opens another at the same moment waits for the lock, always taken in this order, and then counts
-- anew. In the database, because a lock held over a client's round trips would keep that portal's connections waiting. Null: no place.
CREATE FUNCTION "operations"."claim_stream"("of_network" text, "of_holder" text, "network_max" int, "holder_max" int, "lease" interval)
RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  claimed uuid;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('network:' || of_network, 0));
  PERFORM pg_advisory_xact_lock(hashtextextended('holder:' || of_holder, 0)) WHERE of_holder IS NOT NULL;
  INSERT INTO operations.open_streams ("network", "holder", "expiresAt")
  SELECT of_network, of_holder, clock_timestamp() + lease
  WHERE network_max > (
      SELECT count(*) FROM operations.open_streams WHERE "network" = of_network AND "expiresAt" > clock_timestamp())
    AND holder_max > (
      SELECT count(*) FROM operations.open_streams WHERE "holder" = of_holder AND "expiresAt" > clock_timestamp())
  RETURNING "id" INTO claimed;
  RETURN claimed;
END $$;
