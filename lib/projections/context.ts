import { toHex } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { LedgerEvent } from '#ledger/core/committed.ts';
import { SUBJECT_KINDS, type EventDefinition, type SubjectKind } from '#ledger/contracts/shared/definition.ts';
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
  readonly kind: SubjectKind;
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

/** What an event is about, by its definition: each once, without 0 (account 0, the treasury and the due queue, is nobody, and numbers of other things begin with 1). */
export function eventSubjects(event: LedgerEvent['payload'], definition: EventDefinition): Subject[] {
  const seen = new Map<string, Subject>();
  for (const kind of SUBJECT_KINDS) {
    for (const field of [definition.subjects[kind] ?? []].flat()) {
      const id = event[field];
      if (typeof id !== 'bigint' || id === 0n) continue;
      seen.set(`${kind}:${id}`, { kind, id });
    }
  }
  return [...seen.values()];
}
