import 'server-only';
import { definitions, findEvent, methods, type ContractName } from '#ledger/contracts/definitions.ts';
import { recordFromJson } from '#lib/shared/event-json.ts';

/** An event as the read model keeps it: integers are decimal strings, bytes hex. */
export interface StoredEvent {
  readonly contract: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

function definitionOf({ contract, type }: { readonly contract: string; readonly type: string }) {
  // The read model is made by this version, so its events are of the versions that this version knows.
  const known = Object.hasOwn(definitions, contract) ? definitions[contract as ContractName] : undefined;
  return findEvent({ contract, type, version: known?.version });
}

/** True when only the parties read an event whole. An event that this version does not know is nobody's. */
export function isPrivateEvent(event: { readonly contract: string; readonly type: string }): boolean {
  return definitionOf(event)?.readers !== 'everyone';
}

/** True when the event keeps its transaction's receipt from those whom it does not concern. */
export function hidesReceipt(event: { readonly contract: string; readonly type: string }): boolean {
  const definition = definitionOf(event);
  return definition === undefined || (definition.readers === 'parties' && definition.receipt !== 'everyone');
}

/** Methods whose signer and fields are between the parties: purposes, sums, sealed links. */
export const PRIVATE_METHODS: readonly string[] = methods
  .filter(({ definition }) => definition.readers === 'parties')
  .map(({ name }) => name);

export function isPrivateMethod(method: string): boolean {
  return PRIVATE_METHODS.includes(method);
}

/** One plain sentence about an event. Those who are no party read that something happened, not between whom or for how much. */
export function eventSentence(event: StoredEvent, isParty: boolean): string {
  const definition = definitionOf(event);
  if (definition === undefined) return `${event.contract}: ${event.type}.`;
  if (definition.readers === 'parties' && !isParty) return definition.publicly;
  return definition.says(recordFromJson(definition.fields, event.payload));
}
