import 'server-only';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { portalCodes, wordsOf } from '#lib/errors.ts';
import { awaitOutcome, isLedgerAway, plain, submitTransaction, type DecodedTransaction } from '#lib/ledger-client.ts';
import { findItem } from '#lib/queries/outcome.ts';
import type { CommandResult } from '#lib/shared/dto.ts';

const OUTCOME_MS_MAX = 10_000;

/** A failure in the table's words. */
export function refusal(code: number): CommandResult {
  return { ok: false, code, ...wordsOf(code) };
}

export type Decided =
  /** In a block: `result` is final. */
  | { state: 'decided'; height: number; result: CommandResult }
  /** Not taken, or not decided in time: `result` says which, and nothing is final. */
  | { state: 'open'; result: CommandResult };

/** Receipt data as the DTO has it: field names to text. */
function dataOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, typeof field === 'string' ? field : JSON.stringify(field)]),
  );
}

async function outcomeOf(tx: string, waitMs: number): Promise<Decided | undefined> {
  const outcome = await awaitOutcome(tx, waitMs);
  if (outcome === undefined) return undefined;
  const { code, height } = outcome;
  const done: CommandResult = { ok: true, tx, height: Number(height), data: dataOf(plain(outcome.data)) };
  return { state: 'decided', height: Number(height), result: code === 0 ? done : refusal(code) };
}

/** What was decided before: the ledger process remembers recent outcomes, the read model all of them. */
async function earlierOutcome(tx: string): Promise<Decided | undefined> {
  const recent = await outcomeOf(tx, 0);
  if (recent !== undefined) return recent;
  const item = await findItem(tx);
  if (item === null) return undefined;
  const { code, height, data } = item;
  return {
    state: 'decided',
    height,
    result: code === 0 ? { ok: true, tx, height, data: dataOf(data) } : refusal(code),
  };
}

/** Submits and awaits the decision. A transaction that is in a block already answers with what was decided then. */
export async function decideTransaction(
  decoded: Pick<DecodedTransaction, 'bytes' | 'tx'>,
  waitMs = OUTCOME_MS_MAX,
): Promise<Decided> {
  try {
    const submitted = await submitTransaction(decoded.bytes);
    if (!submitted.ok) {
      const earlier = submitted.code === admissionCodes.NONCE_USED ? await earlierOutcome(decoded.tx) : undefined;
      return earlier ?? { state: 'open', result: refusal(submitted.code) };
    }
    const decided = await outcomeOf(decoded.tx, waitMs);
    return decided ?? { state: 'open', result: refusal(portalCodes.OUTCOME_PENDING) };
  } catch (error) {
    if (isLedgerAway(error)) return { state: 'open', result: refusal(portalCodes.LEDGER_UNAVAILABLE) };
    throw error;
  }
}
