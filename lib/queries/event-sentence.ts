import 'server-only';
import { findEvent, findMethod, methods } from '#ledger/contracts/definitions.ts';
import type { Names } from '#ledger/contracts/shared/definition.ts';
import { orderName } from '#ledger/contracts/shared/sentence-words.ts';
import { recordFromJson } from '#lib/shared/event-json.ts';

/** Names an event of one version of a contract, as the read model keeps it. */
interface EventName {
  readonly contract: string;
  readonly version: bigint;
  readonly type: string;
}

/** An event as the read model keeps it: integers are decimal strings, bytes hex. */
export interface StoredEvent extends EventName {
  readonly payload: Readonly<Record<string, unknown>>;
}

/** True when the event keeps its transaction's receipt from those whom it does not concern. One that this version does not know does. */
export function hidesReceipt(event: EventName): boolean {
  const definition = findEvent(event);
  return definition === undefined || (definition.readers === 'parties' && definition.receipt !== 'everyone');
}

/** True when everybody may read every field of the event. */
export function isPublicEvent(event: { contract: unknown; version: unknown; type: unknown }): boolean {
  const definition = findEvent(event);
  const fields = Object.values(definition?.fieldReaders ?? {});
  return (
    definition?.readers === 'everyone' && fields.every((readers) => readers === 'everyone' || readers === 'commitment')
  );
}

/** Methods whose signer and fields are between the parties: purposes, sums, sealed links. */
export const PRIVATE_METHODS: readonly string[] = methods
  .filter(({ definition }) => definition.readers === 'parties')
  .map(({ name }) => name);

export function isPrivateMethod(method: string): boolean {
  return PRIVATE_METHODS.includes(method);
}

/** True for a field that only the parties read, also of a method that everybody reads. */
export function isPrivateField(method: string, field: string): boolean {
  const readers = findMethod(method)?.definition.fieldReaders?.[field];
  return readers === 'parties' || readers === 'sealed';
}

/** Agreements that an event names, which its sentence may call by their places in an order. */
export function agreementsNamed(event: StoredEvent): bigint[] {
  const fields = [findEvent(event)?.subjects.agreement ?? []].flat();
  return fields.map((field) => BigInt(String(event.payload[field] ?? 0)));
}

/** One plain sentence about an event. Those who are no party read that something happened, not between whom or for how much. */
export function eventSentence(event: StoredEvent, isParty: boolean, order: Names['order'] = orderName): string {
  const definition = findEvent(event);
  if (definition === undefined) return `${event.contract}: ${event.type}.`;
  if (definition.readers === 'parties' && !isParty) return definition.publicly;
  return definition.says(recordFromJson(definition.fields, event.payload), { method: findMethod, order });
}
