-- What the ledger must not hold (identity) and what only the portal needs (operations). The web role owns both.

-- A name counts while its commitment is the one that stands on the ledger: saved before the signature, it shows after it.
CREATE TABLE "identity"."profiles" (
  "address" text NOT NULL,
  "commitment" text NOT NULL,
  "name" text NOT NULL,
  "salt" text NOT NULL,
  "isPublic" boolean NOT NULL,
  "updatedAt" timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY ("address", "commitment")
);

-- next-auth's credentials sign-in is JWT-only: a session counts only while its row stands.
CREATE TABLE "operations"."sessions" (
  "jti" text PRIMARY KEY,
  "address" text NOT NULL,
  "createdAt" timestamptz NOT NULL DEFAULT now(),
  "expiresAt" timestamptz NOT NULL
);
CREATE INDEX "sessions_address" ON "operations"."sessions" ("address");
CREATE INDEX "sessions_expiresAt" ON "operations"."sessions" ("expiresAt");

-- Sign-in nonces wait to be consumed; agent request nonces are kept once used. Either is accepted once.
CREATE TABLE "operations"."nonces" (
  "scope" text NOT NULL,
  "nonce" text NOT NULL,
  "expiresAt" timestamptz NOT NULL,
  PRIMARY KEY ("scope", "nonce")
);
CREATE INDEX "nonces_expiresAt" ON "operations"."nonces" ("expiresAt");

CREATE TABLE "operations"."transaction_nonces" (
  "account" bigint NOT NULL,
  "key" bigint NOT NULL,
  "next" bigint NOT NULL,
  PRIMARY KEY ("account", "key")
);

CREATE TABLE "operations"."idempotency_keys" (
  "address" text NOT NULL,
  "key" text NOT NULL,
  "tx" text NOT NULL,
  "result" jsonb,
  "expiresAt" timestamptz NOT NULL,
  PRIMARY KEY ("address", "key")
);
CREATE INDEX "idempotency_keys_expiresAt" ON "operations"."idempotency_keys" ("expiresAt");

-- One row per subject and bucket: tokens refill with time, so nothing has to be swept for the limit to hold.
CREATE TABLE "operations"."rate_limits" (
  "bucket" text NOT NULL,
  "subject" text NOT NULL,
  "tokens" double precision NOT NULL,
  "updatedAt" timestamptz NOT NULL,
  PRIMARY KEY ("bucket", "subject")
);
CREATE INDEX "rate_limits_updatedAt" ON "operations"."rate_limits" ("updatedAt");

CREATE TABLE "operations"."agents" (
  "address" text PRIMARY KEY,
  "origin" text NOT NULL,
  "label" text NOT NULL,
  "sources" jsonb NOT NULL,
  "code" text UNIQUE,
  "codeExpiresAt" timestamptz,
  "seenAt" timestamptz,
  "load" jsonb,
  "registeredAt" timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE "operations"."jobs" (
  "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "agent" text NOT NULL REFERENCES "operations"."agents" ("address") ON DELETE CASCADE,
  "kind" text NOT NULL,
  "account" bigint NOT NULL,
  "sourceId" text NOT NULL,
  "state" text NOT NULL,
  "result" jsonb,
  "createdAt" timestamptz NOT NULL DEFAULT now(),
  "expiresAt" timestamptz NOT NULL
);
CREATE INDEX "jobs_agent" ON "operations"."jobs" ("agent", "state", "id");
CREATE INDEX "jobs_account" ON "operations"."jobs" ("account", "id" DESC);
