import { PARTS_MAX } from '#ledger/contracts/agreement/definition.ts';
import type { MethodArgs, MethodName } from '#ledger/contracts/definitions.ts';
import { DraftState } from '#ledger/contracts/shared/draft-state.ts';
import type { StateReader } from '#ledger/core/decision.ts';
import type { Result } from '#ledger/core/result.ts';
import type { Transaction } from '#ledger/core/transaction.ts';
import { checkSender, checkTimes, consume, countCreation } from './admission.ts';
import type { ProposalContext } from './application.ts';
import type { VerifiedTransaction } from './verified-transactions.ts';

/**
 * Applications in a proposal, each part of an order counted as one. What one leaves behind (every failing condition in the provider's words, up to 30 KB) can be a hundred
 * times its own size, and a block's results have to fit one record of the journal (16 MiB).
 */
const APPLICATIONS_MAX = 256;

/** How many applications a transaction is: an order is one for each of its parts. One of more parts than an order may have is refused as soon as it is read, and has to be chosen for that. */
function applicationsOf({ method, args }: Transaction): number {
  switch (method as MethodName) {
    case 'Apply':
      return 1;
    case 'PlaceOrder':
      return Math.min((args as MethodArgs['PlaceOrder']).parts.length, PARTS_MAX);
    default:
      return 0;
  }
}

interface Source {
  readonly committed: StateReader;
  readonly verify: (bytes: Uint8Array) => Result<VerifiedTransaction>;
  readonly countMax: number;
}

/** What fits and would be admitted, in the order given: senders' nonces and everybody's quotas are followed along, contracts are not run. */
export function selectTransactions(
  candidates: readonly Uint8Array[],
  context: ProposalContext,
  source: Source,
): readonly Uint8Array[] {
  const state = new DraftState(source.committed);
  const creators = new Set<string>();
  const chosen: Uint8Array[] = [];
  let size = 0;
  let applications = 0;
  for (const bytes of candidates) {
    if (chosen.length >= source.countMax) break;
    if (size + bytes.length > context.bytesMax) continue;
    const verified = source.verify(bytes);
    if (!verified.ok) continue;
    const fault =
      checkTimes(state, verified.value, context.timeMs) || checkSender(state, verified.value, context.timeMs);
    if (fault !== 0) continue;
    const more = applicationsOf(verified.value.transaction);
    if (more > 0 && applications + more > APPLICATIONS_MAX) continue;
    applications += more;
    if (verified.value.transaction.account === 0n) {
      const creator = verified.value.signer.join();
      if (creators.has(creator)) continue;
      creators.add(creator);
      countCreation(state, context.timeMs);
    } else {
      consume(state, verified.value, context.timeMs);
    }
    chosen.push(bytes);
    size += bytes.length;
  }
  return chosen;
}
