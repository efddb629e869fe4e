-- Nodes stand on the ledger from genesis on, and a proposal can offer a key. A read model of before lacks both, so it is emptied: the
-- projector makes it again from the ledger at its next start.
CREATE TABLE "readmodel"."nodes" (
  "id" bigint PRIMARY KEY,
  "name" text NOT NULL,
  "operator" bigint NOT NULL,
  "publicKey" text NOT NULL,
  "address" text NOT NULL,
  "class" text NOT NULL,
  "status" text NOT NULL,
  "equivocations" bigint NOT NULL,
  "changedAtMs" bigint NOT NULL,
  "changesAtMs" bigint
);
CREATE INDEX "nodes_address" ON "readmodel"."nodes" ("address");
CREATE INDEX "nodes_status" ON "readmodel"."nodes" ("status", "id");

ALTER TABLE "readmodel"."proposals" ADD COLUMN "publicKey" text NOT NULL DEFAULT '';
ALTER TABLE "readmodel"."proposals" ALTER COLUMN "publicKey" DROP DEFAULT;

TRUNCATE
  "readmodel"."checkpoint",
  "readmodel"."blocks",
  "readmodel"."transactions",
  "readmodel"."events",
  "readmodel"."event_subjects",
  "readmodel"."accounts",
  "readmodel"."account_roles",
  "readmodel"."account_keys",
  "readmodel"."balances",
  "readmodel"."token_entries",
  "readmodel"."resources",
  "readmodel"."strategies",
  "readmodel"."agreements",
  "readmodel"."bills",
  "readmodel"."refusals",
  "readmodel"."proposals",
  "readmodel"."votes",
  "readmodel"."parameters";
