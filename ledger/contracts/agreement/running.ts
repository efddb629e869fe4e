import { keyId } from '#ledger/contracts/shared/key-id.ts';
import { assert } from '#ledger/core/assert.ts';
import type { StateReader, StateWriter } from '#ledger/core/decision.ts';
import { agreementTables as tables, type AgreementRecord } from './record.ts';

/** Which agreements a key has to serve now: a list that grows and shrinks by a few small records, however many there are. */

/** Who serves an agreement. */
export type Server = Pick<AgreementRecord, 'provider' | 'agentKey'>;

/** Running agreements of a key, the newest first, at most `max`. */
export function runningOf(state: StateReader, server: Server, max: number): bigint[] {
  const found: bigint[] = [];
  let next = state.read(tables.newest, serverId(server)) ?? 0n;
  while (next !== 0n && found.length < max) {
    found.push(next);
    next = state.read(tables.neighbours, next)?.before ?? 0n;
  }
  return found;
}

export function enlist(state: StateWriter, agreement: bigint, server: Server): void {
  const id = serverId(server);
  const before = state.read(tables.newest, id) ?? 0n;
  state.write(tables.neighbours, agreement, { before, after: 0n });
  if (before !== 0n) join(state, before, { after: agreement });
  state.write(tables.newest, id, agreement);
}

export function strike(state: StateWriter, agreement: bigint, server: Server): void {
  const here = state.read(tables.neighbours, agreement);
  assert(here !== undefined, 'an agreement that ends was running');
  const { before, after } = here;
  if (before !== 0n) join(state, before, { after });
  if (after !== 0n) join(state, after, { before });
  state.erase(tables.neighbours, agreement);
  if (after !== 0n) return;
  if (before === 0n) state.erase(tables.newest, serverId(server));
  else state.write(tables.newest, serverId(server), before);
}

function join(state: StateWriter, agreement: bigint, to: { before: bigint } | { after: bigint }): void {
  const here = state.read(tables.neighbours, agreement);
  assert(here !== undefined, 'neighbours run');
  state.write(tables.neighbours, agreement, { ...here, ...to });
}

function serverId({ provider, agentKey }: Server): bigint {
  return keyId(provider, agentKey);
}
