-- What a person states to be identified, sealed to its operator's program, and what that program asks a person of the operator, sealed to
-- the operator's account: nobody here can open either. A row goes when the ledger has the verdict.
CREATE TABLE "identity"."sealed_claims" (
  "account" bigint PRIMARY KEY,
  "operator" bigint NOT NULL,
  "commitment" text NOT NULL,
  "sealed" bytea NOT NULL CHECK (length("sealed") BETWEEN 1 AND 3072),
  "review" bytea CHECK (length("review") BETWEEN 1 AND 8192),
  "keptAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "sealed_claims_operator" ON "identity"."sealed_claims" ("operator", "keptAt");
