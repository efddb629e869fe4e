-- Ciphertexts of programs with their inputs, for the agents that run them; the key is on the ledger, sealed to each. One row per account that
-- uploaded the bytes: nobody can take another's place, or learn that somebody else has the same.
CREATE TABLE "operations"."payloads" (
  "digest" text NOT NULL,
  "account" bigint NOT NULL,
  "bytes" bytea NOT NULL,
  "size" integer NOT NULL,
  "uploadedAt" timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY ("digest", "account")
);
CREATE INDEX "payloads_account" ON "operations"."payloads" ("account");
CREATE INDEX "payloads_uploadedAt" ON "operations"."payloads" ("uploadedAt");
-- What is encrypted cannot be compressed, and a part of it is read without the rest.
ALTER TABLE "operations"."payloads" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
