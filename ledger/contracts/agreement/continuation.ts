import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, StateReader } from '#ledger/core/decision.ts';
import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import { amountOf, minus, type Quantity } from '#ledger/contracts/shared/terms.ts';
import type { Fault, Wanted } from './application.ts';
import { readAgreement, type AgreementRecord } from './record.ts';
import { hasBegun } from './window.ts';

/**
 * An agreement may continue another: it takes over its room and what is stored there when it is granted, so that the room is never counted
 * twice, and gives both back when its own window never begins. The continued one ends when that window begins.
 */

interface ContinuationNeeds {
  graceMs(record: AgreementRecord): bigint | undefined;
}

/**
 * Why an agreement cannot be continued, in order (531, 532, 530, 533, 534, 535). Somebody else's is as unknown as one that is not there. Once
 * its grace time is over it cannot: its provider may have erased everything, and not reported it yet.
 */
export function continuationFault(
  state: StateReader,
  { continues, wanted, kind }: { continues: bigint; wanted: Wanted; kind: Kind },
  ctx: Pick<CommandContext, 'account' | 'nowMs'>,
  needs: ContinuationNeeds,
): Fault | undefined {
  if (continues === 0n) return undefined;
  const record = readAgreement(state, continues);
  if (record === undefined || record.customer !== ctx.account) return 'CONTINUES_UNKNOWN';
  if (record.resource !== wanted.resource) return 'CONTINUES_ANOTHER_RESOURCE';
  if (record.continuedBy !== 0n) return 'CONTINUED_ALREADY';
  if (!storesSomething(record, ctx.nowMs, needs)) return 'NOTHING_STORED';
  if (record.endedAtMs !== 0n && ctx.nowMs >= record.graceUntilMs) return 'GRACE_OVER';
  const isRoom = kind.capacity.every((meter) => amountOf(wanted.amounts, meter) >= amountOf(record.amounts, meter));
  return isRoom ? undefined : 'ROOM_TOO_SMALL';
}

function storesSomething(record: AgreementRecord, nowMs: bigint, needs: ContinuationNeeds): boolean {
  if (record.endedAtMs !== 0n) return record.graceUntilMs !== 0n;
  return needs.graceMs(record) !== undefined && hasBegun(record, nowMs);
}

/** What an agreement takes, or returns, of the capacity beside what it takes over from, or gives back to, the one that it continues. */
export function roomBeyond(
  state: StateReader,
  { continues, amounts }: { continues: bigint; amounts: readonly Quantity[] },
): readonly Quantity[] {
  if (continues === 0n) return amounts;
  const record = readAgreement(state, continues);
  assert(record !== undefined, 'what is continued was found');
  return minus(amounts, record.amounts);
}
