-- The round of a block is what the next block's last commit says. What stood here was one validator's own view, which another need not
-- share, so the read model is emptied: the projector makes it again from the ledger at its next start.
ALTER TABLE "readmodel"."blocks" ALTER COLUMN "round" DROP NOT NULL;
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
