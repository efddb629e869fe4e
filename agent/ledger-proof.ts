import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import type { Anchor } from '#ledger/core/genesis.ts';
import { verifyHead } from '#ledger/verify/head.ts';
import { verifyReceipt } from '#ledger/verify/receipt.ts';
import type { Verifier } from './ledger-events.ts';

/** Proof checks by the same code as the portal's "verify a receipt", against the agent's own anchor. */
export function ledgerVerifier(anchor: Anchor): Verifier {
  return {
    receipt(receipt) {
      const verdict = verifyReceipt(receipt, anchor, nobleCrypto);
      if (!verdict.ok || !verdict.authenticated) return null;
      // Its place in the log is among what the passed steps have shown.
      const { logIndex } = receipt as { readonly logIndex: string };
      return { logIndex: BigInt(logIndex), events: verdict.events };
    },
    head(head) {
      const { ok, authenticated, height, headerTimeMs } = verifyHead(head, anchor, nobleCrypto);
      if (!ok || !authenticated || height === undefined || headerTimeMs === undefined) return null;
      return { height: Number(height), timeMs: Number(headerTimeMs) };
    },
  };
}
