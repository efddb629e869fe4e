-- Programs of customers at an agent: how many may run at the same time, how many do, how many wait for a slot. Null where it runs none.
ALTER TABLE "monitoring"."samples" ADD COLUMN "slots" integer, ADD COLUMN "slotsBusy" integer, ADD COLUMN "runsWaiting" integer;
ALTER TABLE "monitoring"."samples_minute" ADD COLUMN "slots" real, ADD COLUMN "slotsBusy" real, ADD COLUMN "runsWaiting" real;
ALTER TABLE "monitoring"."samples_hour" ADD COLUMN "slots" real, ADD COLUMN "slotsBusy" real, ADD COLUMN "runsWaiting" real;

-- An idle chain makes a block every ten seconds: more than that is slow whatever waits.
INSERT INTO "monitoring"."rules" ("id", "kind", "metric", "comparison", "threshold", "clearsAt", "forSeconds", "severity") VALUES
  ('computing-short', 'agent', 'runsHeldBack', 'above', 0, 0, 60, 'warning'),
  ('block-time-high', 'chain', 'blockTimeMs', 'above', 12000, 11000, 60, 'warning');
