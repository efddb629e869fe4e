import { assert } from '#ledger/core/assert.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import type { Result } from '#ledger/core/result.ts';
import { checkSender, checkTimes, consume, countCreation } from './admission.ts';
import type { ProposalContext } from './application.ts';
import type { VerifiedTransaction } from './verified-transactions.ts';

/**
 * Applications in a proposal. What one leaves behind (every failing condition in the provider's words, up to 30 KB) can be a hundred
 * times its own size, and a block's results have to fit one record of the journal (16 MiB).
 */
const APPLICATIONS_MAX = 256;

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
  const state = new SenderOverlay(source.committed);
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
    const isApplication = verified.value.transaction.method === 'Apply';
    if (isApplication && applications >= APPLICATIONS_MAX) continue;
    if (isApplication) applications += 1;
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

/** Committed state with the senders' records that a proposal in the making would leave. */
class SenderOverlay implements StateWriter {
  readonly #committed: StateReader;
  readonly #written = new Map<string, CborValue>();

  constructor(committed: StateReader) {
    this.#committed = committed;
  }

  read<Value extends CborValue>(table: Table<Value>, id: bigint): Value | undefined {
    const own = this.#written.get(placeOf(table, id));
    return own === undefined ? this.#committed.read(table, id) : (own as Value);
  }

  write<Value extends CborValue>(table: Table<Value>, id: bigint, value: Value): void {
    this.#written.set(placeOf(table, id), value);
  }

  erase(): void {
    assert(false, 'choosing transactions erases nothing');
  }
}

function placeOf(table: { contract: number; table: number }, id: bigint): string {
  return `${table.contract}/${table.table}/${id}`;
}
