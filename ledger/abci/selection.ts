import type { StateReader } from '../core/decision.ts';
import type { Result } from '../core/result.ts';
import { checkSender, checkTimes } from './admission.ts';
import type { ProposalContext } from './application.ts';
import { machineTables } from './machine-tables.ts';
import type { VerifiedTransaction } from './verified-transactions.ts';
import { consume } from './admission.ts';

interface Source {
  readonly committed: StateReader;
  readonly verify: (bytes: Uint8Array) => Result<VerifiedTransaction>;
  readonly countMax: number;
}

/** What fits and would be admitted, in the order given: senders' nonces and quotas are followed along, contracts are not run. */
export function selectTransactions(candidates: readonly Uint8Array[], context: ProposalContext, source: Source): readonly Uint8Array[] {
  const state = new SenderOverlay(source.committed);
  const creators = new Set<string>();
  const chosen: Uint8Array[] = [];
  let size = 0;
  for (const bytes of candidates) {
    if (chosen.length >= source.countMax) break;
    if (size + bytes.length > context.bytesMax) continue;
    const verified = source.verify(bytes);
    if (!verified.ok) continue;
    const fault = checkTimes(state, verified.value, context.timeMs) || checkSender(state, verified.value, context.timeMs);
    if (fault !== 0) continue;
    if (verified.value.transaction.account === 0n) {
      const creator = verified.value.signer.join();
      if (creators.has(creator)) continue;
      creators.add(creator);
    } else {
      consume(state, verified.value, context.timeMs);
    }
    chosen.push(bytes);
    size += bytes.length;
  }
  return chosen;
}

/** Committed state with the senders' records of the proposal being made. */
class SenderOverlay {
  readonly #committed: StateReader;
  readonly #senders = new Map<bigint, unknown>();

  constructor(committed: StateReader) {
    this.#committed = committed;
  }

  read: StateReader['read'] = (table, id) => {
    const isSender = table.contract === machineTables.senders.contract && table.table === machineTables.senders.table;
    const own = isSender ? this.#senders.get(id) : undefined;
    return (own as ReturnType<StateReader['read']>) !== undefined ? (own as never) : this.#committed.read(table, id);
  };

  write(_table: unknown, id: bigint, value: unknown): void {
    this.#senders.set(id, value);
  }

  erase(): void {}
}
