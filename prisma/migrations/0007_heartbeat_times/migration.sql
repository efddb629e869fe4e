-- The time, by its own clock, that the node signed its last heartbeat with: it only grows, so that none is taken twice. Milliseconds since 1970.
ALTER TABLE "operations"."agents" ADD COLUMN "beatAtMs" bigint;
-- Each row is written every ten seconds: room in its page for the next version spares the indexes, and the old one goes without a vacuum.
ALTER TABLE "operations"."agents" SET (fillfactor = 60);
