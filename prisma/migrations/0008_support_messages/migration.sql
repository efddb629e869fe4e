-- What a maintainer and the operator of a node say to each other about an incident of the ledger. Neither is changed once it is said.
CREATE TABLE "monitoring"."support_messages" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "incident" bigint NOT NULL,
  "account" bigint NOT NULL,
  "text" text NOT NULL CHECK (length("text") BETWEEN 1 AND 1000),
  "at" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "support_messages_incident" ON "monitoring"."support_messages" ("incident", "id");
CREATE INDEX "support_messages_account" ON "monitoring"."support_messages" ("account", "at");
GRANT SELECT, INSERT ON "monitoring"."support_messages" TO interpool_web;
