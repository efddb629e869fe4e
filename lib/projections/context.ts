import { toHex } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Json } from './row-change.ts';

/** Where an event stands: its id, the block's time, and the executed item that left it. */
export interface EventContext {
  readonly height: bigint;
  readonly timeMs: bigint;
  readonly phase: 0 | 1;
  readonly index: number;
  readonly sequence: number;
  readonly logIndex: bigint;
  /** Transaction id, hex; null for due work. */
  readonly tx: string | null;
}

/** What an event is about; who may read it follows from these. */
export interface Subject {
  readonly kind: 'account' | 'resource' | 'agreement' | 'application' | 'proposal' | 'node';
  readonly id: bigint;
}

/** Integers become decimal strings, bytes lower-case hex: nothing is lost on the way into a jsonb column. */
export function toJson(value: CborValue): Json {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return (value as readonly CborValue[]).map(toJson);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toJson(field)]));
}

/** Subjects of an event, each once, without account 0 (the treasury and the due queue are nobody). */
export function subjects(...list: readonly Subject[]): Subject[] {
  const seen = new Set<string>();
  return list.filter(({ kind, id }) => {
    const name = `${kind}:${id}`;
    if (seen.has(name) || (kind === 'account' && id === 0n)) return false;
    seen.add(name);
    return true;
  });
}
