-- How the nodes are. Portals write what nodes say of themselves, and what people decide (rules, windows, webhooks); the monitor writes the
-- rest: its own findings, the coarser series, alerts. Neither may write for the other.
CREATE SCHEMA "monitoring";
GRANT USAGE ON SCHEMA "monitoring" TO interpool_web, interpool_monitor;
GRANT USAGE ON SCHEMA "operations" TO interpool_monitor;
GRANT SELECT ON "operations"."agents" TO interpool_monitor;

-- A node, as something to be watched. Samples carry its short number, because there are millions of them.
CREATE TABLE "monitoring"."subjects" (
  "id" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "kind" text NOT NULL CHECK ("kind" IN ('agent', 'validator', 'portal', 'chain')),
  -- agent: address, 40 hex digits; validator: address, 40 hex digits; portal: its origin; chain: 'network'.
  "key" text NOT NULL CHECK (length("key") BETWEEN 1 AND 300),
  -- Whose node it is; null for what belongs to the network itself.
  "account" bigint,
  "firstSeenAt" timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- How far its clock was off when a heartbeat was last refused for it: of weight while none was taken since.
  "clockAwayMs" bigint,
  "clockAwayAt" timestamptz,
  UNIQUE ("kind", "key")
);

-- What a node said, 10 s apart. What it could not measure is null, never 0.
CREATE TABLE "monitoring"."samples" (
  "subject" integer NOT NULL,
  "at" timestamptz NOT NULL,
  "height" bigint,
  -- Heights behind the portal's own when it was taken in; below 0 it claims a height that the portal has not seen.
  "lag" integer,
  "version" text,
  "cpuPermille" integer,
  "memoryMib" integer,
  "memoryMaxMib" integer,
  "diskFreeMib" integer,
  "loopDelayMs" real,
  -- By the node's own measurement, and by the portal's from the signature's time; one that lies about its clock differs.
  "clockOffsetMs" integer,
  "clockSeenMs" integer,
  "orders" integer,
  "refused" integer,
  "refusals" jsonb,
  "roundTripMs" real,
  "lossPermille" integer,
  "throughputKbps" integer,
  "peers" jsonb
) PARTITION BY RANGE ("at");
-- Two that one node sends at once are two arrivals, so there is no key.
CREATE INDEX "samples_subject" ON "monitoring"."samples" ("subject", "at" DESC);
CREATE INDEX "samples_at" ON "monitoring"."samples" USING brin ("at");

CREATE TABLE "monitoring"."samples_minute" (
  "subject" integer NOT NULL,
  "at" timestamptz NOT NULL,
  "count" integer NOT NULL,
  "height" bigint,
  "lag" integer,
  "cpuPermille" real,
  "cpuPermilleMax" real,
  "memoryMib" real,
  "memoryMaxMib" real,
  "diskFreeMib" real,
  "loopDelayMs" real,
  "loopDelayMsMax" real,
  "clockOffsetMs" real,
  "orders" real,
  "refused" bigint,
  "roundTripMs" real,
  "roundTripMsMax" real,
  "lossPermille" real,
  "throughputKbps" real,
  PRIMARY KEY ("subject", "at")
) PARTITION BY RANGE ("at");
CREATE TABLE "monitoring"."samples_hour" (LIKE "monitoring"."samples_minute" INCLUDING ALL) PARTITION BY RANGE ("at");

-- What the whole network does: one row every ten seconds, figures by name, absent where nobody can tell.
CREATE TABLE "monitoring"."chain_samples" ("at" timestamptz PRIMARY KEY, "figures" jsonb NOT NULL);

-- The monitor's own calls.
CREATE TABLE "monitoring"."probes" (
  "subject" integer NOT NULL,
  "at" timestamptz NOT NULL,
  "isOk" boolean NOT NULL,
  "roundTripMs" real,
  "sentence" text NOT NULL
) PARTITION BY RANGE ("at");
CREATE INDEX "probes_subject" ON "monitoring"."probes" ("subject", "at" DESC);

-- Where the monitor's findings about a node stand, and each change of them.
CREATE TABLE "monitoring"."states" (
  "subject" integer PRIMARY KEY REFERENCES "monitoring"."subjects" ("id") ON DELETE CASCADE,
  "status" text NOT NULL CHECK ("status" IN ('up', 'suspected', 'failed', 'unknown')),
  "since" timestamptz NOT NULL,
  "seenAt" timestamptz,
  "phi" real,
  "probesFailed" integer NOT NULL DEFAULT 0,
  "sentence" text NOT NULL
);
CREATE TABLE "monitoring"."state_changes" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "subject" integer NOT NULL,
  "at" timestamptz NOT NULL,
  "status" text NOT NULL,
  "sentence" text NOT NULL
);
CREATE INDEX "state_changes_subject" ON "monitoring"."state_changes" ("subject", "id" DESC);

-- How far the coarser series have been made.
CREATE TABLE "monitoring"."progress" ("name" text PRIMARY KEY, "until" timestamptz NOT NULL);

CREATE TABLE "monitoring"."rules" (
  "id" text PRIMARY KEY CHECK ("id" ~ '^[a-z][a-z0-9-]{0,39}$'),
  "kind" text NOT NULL,
  "metric" text NOT NULL,
  "comparison" text NOT NULL CHECK ("comparison" IN ('above', 'below')),
  "threshold" double precision NOT NULL,
  -- The way back: only beyond this is it over.
  "clearsAt" double precision NOT NULL,
  "forSeconds" integer NOT NULL CHECK ("forSeconds" BETWEEN 0 AND 86400),
  "severity" text NOT NULL CHECK ("severity" IN ('notice', 'warning', 'critical')),
  "isEnabled" boolean NOT NULL DEFAULT true,
  "changedBy" bigint,
  "changedAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO "monitoring"."rules" ("id", "kind", "metric", "comparison", "threshold", "clearsAt", "forSeconds", "severity") VALUES
  ('agent-failed', 'agent', 'isFailed', 'above', 0, 0, 0, 'critical'),
  ('validator-failed', 'validator', 'isFailed', 'above', 0, 0, 0, 'critical'),
  ('portal-failed', 'portal', 'isFailed', 'above', 0, 0, 0, 'critical'),
  ('clock-off', 'agent', 'clockOffMs', 'above', 2000, 1000, 60, 'warning'),
  ('height-behind', 'agent', 'lag', 'above', 20, 5, 60, 'warning'),
  ('height-claimed', 'agent', 'heightClaimed', 'above', 5, 2, 30, 'warning'),
  ('memory-short', 'agent', 'memoryPermille', 'above', 900, 800, 300, 'warning'),
  ('disk-short', 'agent', 'diskFreeMib', 'below', 1024, 2048, 60, 'warning'),
  ('loop-held', 'agent', 'loopDelayMs', 'above', 500, 200, 60, 'warning'),
  ('loss-high', 'agent', 'lossPermille', 'above', 100, 20, 120, 'warning'),
  ('unusual-delay', 'agent', 'loopDelayUnusual', 'above', 8, 4, 180, 'notice'),
  ('unusual-round-trip', 'agent', 'roundTripUnusual', 'above', 8, 4, 180, 'notice'),
  ('blocks-stopped', 'chain', 'sinceBlockMs', 'above', 45000, 20000, 0, 'critical'),
  ('rounds-high', 'chain', 'rounds', 'above', 0.5, 0.2, 120, 'warning'),
  ('projector-behind', 'chain', 'projectorLag', 'above', 10, 2, 60, 'warning'),
  ('waiting-high', 'chain', 'waiting', 'above', 10000, 5000, 60, 'warning'),
  ('ledger-away', 'chain', 'isLedgerAway', 'above', 0, 0, 10, 'critical');

-- One cause at one node. While it is not resolved there is one row for it, so none fires twice.
CREATE TABLE "monitoring"."alerts" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "subject" integer NOT NULL REFERENCES "monitoring"."subjects" ("id"),
  "rule" text NOT NULL,
  "severity" text NOT NULL,
  "state" text NOT NULL CHECK ("state" IN ('firing', 'acknowledged', 'resolved')),
  "scope" text NOT NULL CHECK ("scope" IN ('one', 'everyone')),
  "value" double precision,
  "sentence" text NOT NULL,
  "times" integer NOT NULL DEFAULT 1,
  "isFlapping" boolean NOT NULL DEFAULT false,
  "firedAt" timestamptz NOT NULL,
  "acknowledgedAt" timestamptz,
  "acknowledgedBy" bigint,
  "note" text,
  "resolvedAt" timestamptz
);
CREATE UNIQUE INDEX "alerts_open" ON "monitoring"."alerts" ("subject", "rule") WHERE "state" <> 'resolved';
CREATE INDEX "alerts_state" ON "monitoring"."alerts" ("state", "id" DESC);
CREATE INDEX "alerts_subject" ON "monitoring"."alerts" ("subject", "id" DESC);
CREATE TABLE "monitoring"."alert_history" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "alert" bigint NOT NULL REFERENCES "monitoring"."alerts" ("id"),
  "at" timestamptz NOT NULL,
  "what" text NOT NULL CHECK ("what" IN ('firing', 'again', 'flapping', 'acknowledged', 'resolved')),
  "account" bigint,
  "note" text
);
CREATE INDEX "alert_history_alert" ON "monitoring"."alert_history" ("alert", "id");
-- Where each cause stands between two looks: what waits for its time, what is over but may come back.
CREATE TABLE "monitoring"."conditions" (
  "subject" integer NOT NULL,
  "rule" text NOT NULL,
  "phase" text NOT NULL,
  "breachedSince" timestamptz,
  "clearSince" timestamptz,
  "times" integer NOT NULL,
  "alert" bigint,
  PRIMARY KEY ("subject", "rule")
);

CREATE TABLE "monitoring"."windows" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "subject" integer NOT NULL REFERENCES "monitoring"."subjects" ("id") ON DELETE CASCADE,
  "from" timestamptz NOT NULL,
  "to" timestamptz NOT NULL CHECK ("to" > "from"),
  "account" bigint NOT NULL,
  "note" text NOT NULL,
  "createdAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "windows_subject" ON "monitoring"."windows" ("subject", "to");

CREATE TABLE "monitoring"."webhooks" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "url" text NOT NULL,
  -- 32 bytes, base64. Shown once, when it is made.
  "secret" text NOT NULL,
  "severityMin" text NOT NULL CHECK ("severityMin" IN ('notice', 'warning', 'critical')),
  "isEnabled" boolean NOT NULL DEFAULT true,
  "createdBy" bigint NOT NULL,
  "createdAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Written in the transaction that changes the alert, so that none is lost; told until somebody took it.
CREATE TABLE "monitoring"."deliveries" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "webhook" bigint NOT NULL REFERENCES "monitoring"."webhooks" ("id") ON DELETE CASCADE,
  "alert" bigint NOT NULL,
  "event" text NOT NULL,
  "body" text NOT NULL,
  "createdAt" timestamptz NOT NULL,
  "attempts" integer NOT NULL DEFAULT 0,
  "nextAt" timestamptz,
  "deliveredAt" timestamptz,
  "status" integer,
  "sentence" text
);
CREATE INDEX "deliveries_next" ON "monitoring"."deliveries" ("nextAt") WHERE "nextAt" IS NOT NULL;
CREATE INDEX "deliveries_webhook" ON "monitoring"."deliveries" ("webhook", "id" DESC);

-- A person wants to know now: the monitor probes at its next look and answers in sentences.
CREATE TABLE "monitoring"."checks" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "subject" integer NOT NULL REFERENCES "monitoring"."subjects" ("id") ON DELETE CASCADE,
  "account" bigint NOT NULL,
  "askedAt" timestamptz NOT NULL DEFAULT clock_timestamp(),
  "answeredAt" timestamptz,
  "sentences" jsonb
);
CREATE INDEX "checks_waiting" ON "monitoring"."checks" ("id") WHERE "answeredAt" IS NULL;

GRANT SELECT ON ALL TABLES IN SCHEMA "monitoring" TO interpool_web, interpool_monitor;
GRANT INSERT ON "monitoring"."samples" TO interpool_web;
GRANT INSERT, UPDATE ON "monitoring"."subjects" TO interpool_web, interpool_monitor;
GRANT INSERT, UPDATE, DELETE ON "monitoring"."rules", "monitoring"."windows", "monitoring"."webhooks" TO interpool_web;
GRANT INSERT ON "monitoring"."checks", "monitoring"."alert_history" TO interpool_web;
GRANT UPDATE ("state", "acknowledgedAt", "acknowledgedBy", "note") ON "monitoring"."alerts" TO interpool_web;
GRANT INSERT, UPDATE, DELETE ON "monitoring"."samples_minute", "monitoring"."samples_hour", "monitoring"."chain_samples", "monitoring"."probes",
  "monitoring"."states", "monitoring"."state_changes", "monitoring"."progress", "monitoring"."alerts", "monitoring"."alert_history",
  "monitoring"."conditions", "monitoring"."deliveries", "monitoring"."checks" TO interpool_monitor;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "monitoring" TO interpool_web, interpool_monitor;

-- Partitions are whoever migrates's, like their tables: the monitor asks for them by this function and can make nothing else. A day of one
-- table is one partition; hours lie by the month. Dropping one gives its disk back at once, which deleting rows would not.
CREATE FUNCTION "monitoring"."keep_partition"("table" text, "from" timestamptz, "to" timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  "partition" text := "table" || to_char("from" AT TIME ZONE 'UTC', '_YYYYMMDD');
BEGIN
  IF to_regclass(format('monitoring.%I', "partition")) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE monitoring.%I PARTITION OF monitoring.%I FOR VALUES FROM (%L) TO (%L)', "partition", "table", "from", "to");
END $$;
REVOKE ALL ON FUNCTION "monitoring"."keep_partition"(text, timestamptz, timestamptz) FROM PUBLIC;

CREATE FUNCTION "monitoring"."keep_partitions"("now" timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  "today" timestamp := date_trunc('day', "now" AT TIME ZONE 'UTC');
  "month" timestamp := date_trunc('month', "now" AT TIME ZONE 'UTC');
  "old" record;
  "dropped" integer := 0;
BEGIN
  IF abs(extract(epoch FROM "now" - clock_timestamp())) > 86400 THEN
    RAISE EXCEPTION 'the time that is asked for is not now';
  END IF;
  -- Two that ask at once would make one partition twice.
  PERFORM pg_advisory_xact_lock(7234504);
  FOR "day" IN -1..2 LOOP
    PERFORM monitoring.keep_partition('samples', ("today" + "day" * interval '1 day') AT TIME ZONE 'UTC', ("today" + ("day" + 1) * interval '1 day') AT TIME ZONE 'UTC');
    PERFORM monitoring.keep_partition('samples_minute', ("today" + "day" * interval '1 day') AT TIME ZONE 'UTC', ("today" + ("day" + 1) * interval '1 day') AT TIME ZONE 'UTC');
    PERFORM monitoring.keep_partition('probes', ("today" + "day" * interval '1 day') AT TIME ZONE 'UTC', ("today" + ("day" + 1) * interval '1 day') AT TIME ZONE 'UTC');
  END LOOP;
  FOR "ahead" IN -1..1 LOOP
    PERFORM monitoring.keep_partition('samples_hour', ("month" + "ahead" * interval '1 month') AT TIME ZONE 'UTC', ("month" + ("ahead" + 1) * interval '1 month') AT TIME ZONE 'UTC');
  END LOOP;
  FOR "old" IN
    SELECT c.relname AS "name" FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace n ON n.oid = p.relnamespace
    WHERE n.nspname = 'monitoring' AND c.relkind = 'r' AND to_date(right(c.relname, 8), 'YYYYMMDD') < CASE p.relname
      WHEN 'samples' THEN "today" - interval '1 day'
      WHEN 'probes' THEN "today" - interval '7 days'
      WHEN 'samples_minute' THEN "today" - interval '31 days'
      WHEN 'samples_hour' THEN "month" - interval '24 months'
    END
  LOOP
    EXECUTE format('DROP TABLE monitoring.%I', "old"."name");
    "dropped" := "dropped" + 1;
  END LOOP;
  RETURN "dropped";
END $$;
REVOKE ALL ON FUNCTION "monitoring"."keep_partitions"(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "monitoring"."keep_partitions"(timestamptz) TO interpool_monitor;

-- Heartbeats are taken in from the first second, also before a monitor runs.
SELECT "monitoring"."keep_partitions"(clock_timestamp());
