-- What a node's gateways carried for orders, bytes a second. Null where it served no order. "throughputKbps", which no agent ever sent, stays for the
-- portals of before, which name it in every sample.
ALTER TABLE "monitoring"."samples" ADD COLUMN "carriedBytesPerS" integer;
ALTER TABLE "monitoring"."samples_minute" ADD COLUMN "carriedBytesPerS" real;
ALTER TABLE "monitoring"."samples_hour" ADD COLUMN "carriedBytesPerS" real;
