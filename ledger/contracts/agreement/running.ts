import { keyId } from '#ledger/contracts/shared/key-id.ts';
import { assert } from '#ledger/core/assert.ts';
import type { StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { agreementTables as tables, type AgreementRecord, type Neighbours } from './record.ts';

/** Which agreements run: of a key that serves them, and of a customer by its identification. Lists that grow and shrink by a few small records, however long they are. */

/** Who serves an agreement. */
export type Server = Pick<AgreementRecord, 'provider' | 'agentKey'>;
type Listed = Server & Pick<AgreementRecord, 'customer' | 'identifiedBy'>;

/** Lists of agreements, the newest first: which is the newest of each, and which are beside an agreement. */
interface Lists {
  readonly newest: Table<bigint>;
  readonly neighbours: Table<Neighbours>;
}

const SERVED: Lists = { newest: tables.newest, neighbours: tables.neighbours };
const IDENTIFIED: Lists = { newest: tables.identified, neighbours: tables.besides };

/** Running agreements of a key, the newest first, at most `max`. */
export function runningOf(state: StateReader, server: Server, max: number): bigint[] {
  return follow(state, SERVED, { from: state.read(tables.newest, serverId(server)) ?? 0n, max });
}

/** Running agreements of a customer by its identification, the newest first, at most `max`; `upTo`: this one and older ones alone. */
export function identifiedOf(state: StateReader, of: { customer: bigint; upTo?: bigint }, max: number): bigint[] {
  const { customer, upTo } = of;
  let from = state.read(tables.identified, customer) ?? 0n;
  // Ids grow with their reservations. One that ended meanwhile is no place in the list any more: then it is walked to where that was.
  if (upTo !== undefined && state.read(tables.besides, upTo) !== undefined) from = upTo;
  while (upTo !== undefined && from > upTo) from = state.read(tables.besides, from)?.before ?? 0n;
  return follow(state, IDENTIFIED, { from, max });
}

function follow(
  state: StateReader,
  { neighbours }: Lists,
  { from, max }: { readonly from: bigint; readonly max: number },
): bigint[] {
  const found: bigint[] = [];
  let next = from;
  while (next !== 0n && found.length < max) {
    found.push(next);
    next = state.read(neighbours, next)?.before ?? 0n;
  }
  return found;
}

export function enlist(state: StateWriter, agreement: bigint, listed: Listed): void {
  add(state, SERVED, { id: serverId(listed), agreement });
  if (listed.identifiedBy !== 0n) add(state, IDENTIFIED, { id: listed.customer, agreement });
}

export function strike(state: StateWriter, agreement: bigint, listed: Listed): void {
  remove(state, SERVED, { id: serverId(listed), agreement });
  if (listed.identifiedBy !== 0n) remove(state, IDENTIFIED, { id: listed.customer, agreement });
}

/** An agreement in the list under `id`. */
interface Entry {
  readonly id: bigint;
  readonly agreement: bigint;
}

function add(state: StateWriter, lists: Lists, { id, agreement }: Entry): void {
  const before = state.read(lists.newest, id) ?? 0n;
  state.write(lists.neighbours, agreement, { before, after: 0n });
  if (before !== 0n) join(state, lists, { agreement: before, to: { after: agreement } });
  state.write(lists.newest, id, agreement);
}

function remove(state: StateWriter, lists: Lists, { id, agreement }: Entry): void {
  const here = state.read(lists.neighbours, agreement);
  assert(here !== undefined, 'an agreement that ends was running');
  const { before, after } = here;
  if (before !== 0n) join(state, lists, { agreement: before, to: { after } });
  if (after !== 0n) join(state, lists, { agreement: after, to: { before } });
  state.erase(lists.neighbours, agreement);
  if (after !== 0n) return;
  if (before === 0n) state.erase(lists.newest, id);
  else state.write(lists.newest, id, before);
}

function join(
  state: StateWriter,
  { neighbours }: Lists,
  { agreement, to }: { readonly agreement: bigint; readonly to: { before: bigint } | { after: bigint } },
): void {
  const here = state.read(neighbours, agreement);
  assert(here !== undefined, 'neighbours run');
  state.write(neighbours, agreement, { ...here, ...to });
}

function serverId({ provider, agentKey }: Server): bigint {
  return keyId(provider, agentKey);
}
