-- The projection of the ledger. Hashes, keys and addresses are lower-case hex without 0x; 64-bit unsigned figures that nothing sorts by
-- are decimal text, because a ledger field may exceed a signed 64-bit column.

CREATE TABLE "readmodel"."checkpoint" (
  "id" integer PRIMARY KEY CHECK ("id" = 1),
  "network" text NOT NULL,
  "height" bigint NOT NULL,
  "blockHash" text NOT NULL,
  "timeMs" bigint NOT NULL
);

CREATE TABLE "readmodel"."blocks" (
  "height" bigint PRIMARY KEY,
  "hash" text NOT NULL,
  "timeMs" bigint NOT NULL,
  "proposer" text NOT NULL,
  "round" integer NOT NULL,
  "appHash" text NOT NULL,
  "transactions" integer NOT NULL,
  "dueItems" integer NOT NULL,
  "evidence" integer NOT NULL,
  "signers" jsonb NOT NULL
);
CREATE INDEX "blocks_timeMs" ON "readmodel"."blocks" ("timeMs");
CREATE INDEX "blocks_hash" ON "readmodel"."blocks" ("hash");

CREATE TABLE "readmodel"."transactions" (
  "logIndex" bigint PRIMARY KEY,
  "tx" text UNIQUE,
  "height" bigint NOT NULL,
  "phase" integer NOT NULL,
  "index" integer NOT NULL,
  "timeMs" bigint NOT NULL,
  "method" text NOT NULL,
  "account" bigint,
  "key" bigint,
  "nonce" text,
  "validUntilMs" text,
  "code" integer NOT NULL,
  "data" jsonb,
  "fields" jsonb NOT NULL
);
CREATE INDEX "transactions_height" ON "readmodel"."transactions" ("height", "logIndex");
CREATE INDEX "transactions_account" ON "readmodel"."transactions" ("account", "logIndex" DESC);

CREATE TABLE "readmodel"."events" (
  "height" bigint NOT NULL,
  "phase" integer NOT NULL,
  "index" integer NOT NULL,
  "sequence" integer NOT NULL,
  "timeMs" bigint NOT NULL,
  "contract" text NOT NULL,
  "type" text NOT NULL,
  "payload" jsonb NOT NULL,
  "tx" text,
  "logIndex" bigint NOT NULL,
  PRIMARY KEY ("height", "phase", "index", "sequence")
);
CREATE INDEX "events_logIndex" ON "readmodel"."events" ("logIndex");

-- Which account, resource, agreement or proposal an event is about: histories, live updates and the agent's feed select by it.
CREATE TABLE "readmodel"."event_subjects" (
  "kind" text NOT NULL,
  "id" bigint NOT NULL,
  "height" bigint NOT NULL,
  "phase" integer NOT NULL,
  "index" integer NOT NULL,
  "sequence" integer NOT NULL,
  "logIndex" bigint NOT NULL,
  PRIMARY KEY ("kind", "id", "height", "phase", "index", "sequence")
);
CREATE INDEX "event_subjects_logIndex" ON "readmodel"."event_subjects" ("logIndex");
CREATE INDEX "event_subjects_height" ON "readmodel"."event_subjects" ("height");

CREATE TABLE "readmodel"."accounts" (
  "id" bigint PRIMARY KEY,
  "address" text NOT NULL UNIQUE,
  "profileCommitment" text NOT NULL,
  "encryptionKey" text NOT NULL,
  "createdAtMs" bigint NOT NULL,
  "completedOrders" bigint NOT NULL,
  "brokenOrders" bigint NOT NULL
);

CREATE TABLE "readmodel"."account_roles" (
  "account" bigint NOT NULL,
  "role" text NOT NULL,
  "proposal" bigint NOT NULL,
  "grantedAtMs" bigint NOT NULL,
  PRIMARY KEY ("account", "role")
);

CREATE TABLE "readmodel"."account_keys" (
  "account" bigint NOT NULL,
  "key" bigint NOT NULL,
  "address" text NOT NULL,
  "label" text NOT NULL,
  "methods" jsonb NOT NULL,
  "resources" jsonb NOT NULL,
  "spendingCapMicro" text NOT NULL,
  "spentMicro" text NOT NULL,
  "expiresAtMs" text,
  "revoked" boolean NOT NULL,
  PRIMARY KEY ("account", "key")
);
CREATE INDEX "account_keys_address" ON "readmodel"."account_keys" ("address");

CREATE TABLE "readmodel"."balances" (
  "account" bigint PRIMARY KEY,
  "balanceMicro" bigint NOT NULL,
  "heldMicro" bigint NOT NULL
);

-- Amounts are signed changes of the free balance; balanceMicro is the balance after the entry.
CREATE TABLE "readmodel"."token_entries" (
  "account" bigint NOT NULL,
  "height" bigint NOT NULL,
  "phase" integer NOT NULL,
  "index" integer NOT NULL,
  "sequence" integer NOT NULL,
  "timeMs" bigint NOT NULL,
  "what" text NOT NULL,
  "amountMicro" bigint NOT NULL,
  "balanceMicro" bigint NOT NULL,
  "agreement" bigint,
  "tx" text,
  PRIMARY KEY ("account", "height", "phase", "index", "sequence")
);

CREATE TABLE "readmodel"."resources" (
  "id" bigint PRIMARY KEY,
  "owner" bigint NOT NULL,
  "kind" text NOT NULL,
  "title" text NOT NULL,
  "summary" text NOT NULL,
  "tags" jsonb NOT NULL,
  "tagsText" text NOT NULL,
  "region" text NOT NULL,
  "licence" text NOT NULL,
  "sourceUrl" text NOT NULL,
  "agentKey" bigint NOT NULL,
  "sourceId" text NOT NULL,
  "technical" jsonb NOT NULL,
  "rows" bigint NOT NULL,
  "bytes" bigint NOT NULL,
  "columnCount" integer NOT NULL,
  "testedAtMs" bigint NOT NULL,
  "simultaneousMax" bigint NOT NULL,
  "freePlaces" bigint NOT NULL,
  "status" text NOT NULL,
  "publishedAtMs" bigint NOT NULL,
  "strategyVersion" bigint NOT NULL,
  "accessClass" text NOT NULL,
  "formats" jsonb NOT NULL,
  "priceUnit" text NOT NULL,
  "priceMicro" bigint NOT NULL,
  "search" tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('english', "title"), 'A') ||
    setweight(to_tsvector('english', "tagsText"), 'B') ||
    setweight(to_tsvector('english', "summary" || ' ' || "region"), 'C')
  ) STORED
);
CREATE INDEX "resources_search" ON "readmodel"."resources" USING gin ("search");
CREATE INDEX "resources_formats" ON "readmodel"."resources" USING gin ("formats" jsonb_path_ops);
CREATE INDEX "resources_owner" ON "readmodel"."resources" ("owner", "id");
CREATE INDEX "resources_newest" ON "readmodel"."resources" ("status", "publishedAtMs" DESC, "id" DESC);
CREATE INDEX "resources_price" ON "readmodel"."resources" ("status", "priceMicro", "id");

CREATE TABLE "readmodel"."strategies" (
  "resource" bigint NOT NULL,
  "version" bigint NOT NULL,
  "by" bigint NOT NULL,
  "strategy" jsonb NOT NULL,
  "recordedAtMs" bigint NOT NULL,
  PRIMARY KEY ("resource", "version")
);

CREATE TABLE "readmodel"."agreements" (
  "id" bigint PRIMARY KEY,
  "status" text NOT NULL,
  "customer" bigint NOT NULL,
  "provider" bigint NOT NULL,
  "resource" bigint NOT NULL,
  "strategyVersion" bigint NOT NULL,
  "purpose" text NOT NULL,
  "fieldOfBusiness" text NOT NULL,
  "format" text NOT NULL,
  "columns" jsonb NOT NULL,
  "rowFilter" text NOT NULL,
  "durationMs" text NOT NULL,
  "callsMax" text NOT NULL,
  "bytesMax" text NOT NULL,
  "priceUnit" text NOT NULL,
  "priceMicro" bigint NOT NULL,
  "hold" bigint NOT NULL,
  "holdMicro" bigint NOT NULL,
  "encryptionKey" text NOT NULL,
  "agentKey" bigint NOT NULL,
  "sourceId" text NOT NULL,
  "intervalMs" bigint NOT NULL,
  "feePerMille" bigint NOT NULL,
  "reservedAtMs" bigint NOT NULL,
  "prepareByMs" bigint NOT NULL,
  "startsAtMs" bigint,
  "endsAtMs" bigint,
  "endedAtMs" bigint,
  "endReason" text,
  "endStatus" text,
  "endedBy" bigint,
  "settleAtMs" bigint,
  "issue" bigint NOT NULL,
  "descriptor" text,
  "descriptorKey" text,
  "reissuePending" boolean NOT NULL,
  "contested" text,
  "claimCalls" text,
  "claimRows" text,
  "claimBytes" text,
  "claimServed" text,
  "claimUntilMs" text,
  "claimTx" text
);
CREATE INDEX "agreements_customer" ON "readmodel"."agreements" ("customer", "id" DESC);
CREATE INDEX "agreements_provider" ON "readmodel"."agreements" ("provider", "id" DESC);
CREATE INDEX "agreements_resource" ON "readmodel"."agreements" ("resource", "endStatus");

CREATE TABLE "readmodel"."bills" (
  "agreement" bigint PRIMARY KEY,
  "priceUnit" text NOT NULL,
  "priceMicro" bigint NOT NULL,
  "calls" text NOT NULL,
  "rows" text NOT NULL,
  "bytes" text NOT NULL,
  "intervalMs" bigint NOT NULL,
  "intervalsServed" bigint NOT NULL,
  "intervalsDown" bigint NOT NULL,
  "served" text NOT NULL,
  "holdMicro" bigint NOT NULL,
  "chargeMicro" bigint NOT NULL,
  "feeMicro" bigint NOT NULL,
  "refundMicro" bigint NOT NULL,
  "contested" boolean NOT NULL,
  "tx" text,
  "settledAtMs" bigint NOT NULL
);

CREATE TABLE "readmodel"."refusals" (
  "application" bigint PRIMARY KEY,
  "customer" bigint NOT NULL,
  "provider" bigint NOT NULL,
  "resource" bigint NOT NULL,
  "strategyVersion" bigint NOT NULL,
  "purpose" text NOT NULL,
  "fieldOfBusiness" text NOT NULL,
  "format" text NOT NULL,
  "durationMs" text NOT NULL,
  "failed" jsonb NOT NULL,
  "refusedAtMs" bigint NOT NULL,
  "tx" text
);
CREATE INDEX "refusals_customer" ON "readmodel"."refusals" ("customer", "application" DESC);
CREATE INDEX "refusals_provider" ON "readmodel"."refusals" ("provider", "application" DESC);

CREATE TABLE "readmodel"."proposals" (
  "id" bigint PRIMARY KEY,
  "kind" text NOT NULL,
  "by" bigint NOT NULL,
  "subject" text NOT NULL,
  "account" bigint NOT NULL,
  "value" text NOT NULL,
  "status" text NOT NULL,
  "electorate" bigint,
  "openedAtMs" bigint NOT NULL,
  "closesAtMs" bigint NOT NULL,
  "tx" text
);

CREATE TABLE "readmodel"."votes" (
  "proposal" bigint NOT NULL,
  "by" bigint NOT NULL,
  "approve" boolean NOT NULL,
  "timeMs" bigint NOT NULL,
  "tx" text,
  PRIMARY KEY ("proposal", "by")
);

CREATE TABLE "readmodel"."parameters" (
  "name" text PRIMARY KEY,
  "value" text NOT NULL,
  "changedAtHeight" bigint NOT NULL
);
