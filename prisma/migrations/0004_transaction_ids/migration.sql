-- An id is the digest of what was signed, not of who signed it: two people can sign the same CreateAccount, and a faulty validator can
-- put somebody's transaction with a wrong signature into a block before the right one. The ledger decides each; none may stop the projector.
ALTER TABLE "readmodel"."transactions" DROP CONSTRAINT "transactions_tx_key";
CREATE INDEX "transactions_tx" ON "readmodel"."transactions" ("tx");
