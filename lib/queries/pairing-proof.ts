import 'server-only';
import { findAgentAnswer } from './agent-answer.ts';

/** `proof`: 65 bytes as hex, which go into AuthorizeKey unchanged; the ledger checks whose they are. */
export type PairingProof =
  { state: 'waiting'; deadlineMs: number } | { state: 'done'; proof: string } | { state: 'failed'; sentence: string };

const QUESTION = {
  action: 'pairing.read',
  kind: 'prove',
  what: 'proof',
  silent: 'The agent did not answer in time. Check that it runs and reaches the portal, then type its code again.',
} as const;

/** How the offer of an agent's key stands that the signed-in provider asked for; null for anybody else's and for one that never was. */
export async function getPairingProof(job: string): Promise<PairingProof | null> {
  const found = await findAgentAnswer(job, QUESTION);
  return found?.state === 'done' ? { state: 'done', proof: found.answer.proof } : found;
}
