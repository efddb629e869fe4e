import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { findJob } from '#lib/operations/jobs.ts';
import { idOf } from './page.ts';

/** `proof`: 65 bytes as hex, which go into AuthorizeKey unchanged; the ledger checks whose they are. */
export type PairingProof =
  { state: 'waiting'; deadlineMs: number } | { state: 'done'; proof: string } | { state: 'failed'; sentence: string };

const SILENT = 'The agent did not answer in time. Check that it runs and reaches the portal, then type its code again.';

/** How the offer of an agent's key stands that the signed-in provider asked for; null for anybody else's and for one that never was. */
export async function getPairingProof(job: string): Promise<PairingProof | null> {
  const access = await authorize('pairing.read');
  const id = /^\d{1,15}$/.test(job) ? idOf(Number(job)) : undefined;
  if (!access.ok || access.account === null || id === undefined) return null;
  const found = await findJob({ id, kind: 'prove', account: BigInt(access.account) });
  if (found === null || found.state === 'waiting') return found;
  const { answer } = found;
  if (answer?.what === 'failure') return { state: 'failed', sentence: answer.sentence };
  return answer?.what === 'proof' ? { state: 'done', proof: answer.proof } : { state: 'failed', sentence: SILENT };
}
