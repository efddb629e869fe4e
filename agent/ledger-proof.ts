import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import type { Anchor } from '#ledger/core/genesis.ts';
import { verifyHead, verifyReceipt } from '#ledger/verify/receipt.ts';
import type { Verifier } from './ledger-events.ts';

/** Proof checks by the same code as the portal's "verify a receipt", against the agent's own anchor. */
export function ledgerVerifier(anchor: Anchor): Verifier {
  return {
    receipt(receipt) {
      const verdict = verifyReceipt(receipt, anchor, nobleCrypto);
      if (!verdict.ok || !verdict.authenticated) return null;
      return { logIndex: verdict.logIndex, events: verdict.events };
    },
    head(head) {
      const verdict = verifyHead(head, anchor, nobleCrypto);
      return verdict.ok ? { height: Number(verdict.height), timeMs: Number(verdict.headerTimeMs) } : null;
    },
  };
}
