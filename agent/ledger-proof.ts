import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import type { Anchor } from '#ledger/core/genesis.ts';
import { verifyHead } from '#ledger/verify/head.ts';
import { verifyReceipt } from '#ledger/verify/receipt.ts';
import { hasSameValidators } from './anchor.ts';
import type { Verifier } from './ledger-events.ts';

/** Proof checks by the same code as the portal's "verify a receipt", against the agent's own anchor, which may become a newer one. */
export function ledgerVerifier(anchor: () => Anchor): Verifier {
  return {
    receipt(receipt) {
      const trusted = anchor();
      const { checkpoint, events } = verifyReceipt(receipt, trusted, nobleCrypto);
      if (checkpoint === undefined) return null;
      // Its place in the log is among what the passed steps have shown.
      const { logIndex } = receipt as { readonly logIndex: string };
      return {
        logIndex: BigInt(logIndex),
        events,
        checkpoint: hasSameValidators(checkpoint, trusted) ? null : checkpoint,
      };
    },
    head(head) {
      const { ok, authenticated, height, headerTimeMs } = verifyHead(head, anchor(), nobleCrypto);
      if (!ok || !authenticated || height === undefined || headerTimeMs === undefined) return null;
      const read = { height: Number(height), timeMs: Number(headerTimeMs) };
      return Number.isSafeInteger(read.height) && Number.isSafeInteger(read.timeMs) ? read : null;
    },
  };
}
