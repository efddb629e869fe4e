-- When the last nonce of a key was handed out: only once all of them are too old to be used does counting start again.
ALTER TABLE "operations"."transaction_nonces" ADD COLUMN "handedAt" timestamptz NOT NULL DEFAULT now();
