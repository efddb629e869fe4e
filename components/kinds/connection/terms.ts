import type { KindDraft, ParsedTerms } from '#components/kinds/kind.ts';
import type { TermDto } from '#lib/shared/dto.ts';
import {
  readPorts,
  readRelay,
  readRelayWays,
  relayWaysTerms,
  type PortRange,
  type Relay,
} from '#ledger/contracts/kinds/connection.ts';
import { assert } from '#ledger/core/assert.ts';

/** The description of a relay that the ledger took. */
export function relayOf(attributes: readonly TermDto[]): Relay {
  const relay = readRelay(attributes);
  assert(relay, 'the ledger takes a relay only with sound attributes');
  return relay;
}

/** Ports that a strategy shares, as they are written. */
export function portsOf(ways: readonly TermDto[]): string {
  const ports = readRelayWays(ways);
  assert(ports, 'the ledger takes the ways of a relay only when they are sound');
  return writePorts(ports);
}

function writePorts(ports: readonly PortRange[]): string {
  return ports.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

/** `80, 443, 8000 to 8099`. */
export function portsInWords(ports: string): string {
  return ports.replaceAll(',', ', ').replaceAll('-', ' to ');
}

export function portsIn({ ports }: KindDraft): string {
  return typeof ports === 'string' ? ports : '';
}

/** Nothing before a relay was tested: then all that it connects to. */
export const FIRST_WAYS: KindDraft = { ports: '' };

export function waysDraft(ways: readonly TermDto[]): KindDraft {
  return { ports: portsOf(ways) };
}

/** What was typed stays; where nothing was, all that the tested relay connects to. */
export function fitWays(draft: KindDraft, attributes: readonly TermDto[]): KindDraft {
  return portsIn(draft) === '' ? { ports: readRelay(attributes)?.ports ?? '' } : draft;
}

/** Spaces are typed between ports and mean nothing. */
export function parseWays(draft: KindDraft): ParsedTerms {
  const typed = portsIn(draft).replaceAll(/\s+/g, '');
  if (readPorts(typed) !== undefined) return { ok: true, terms: relayWaysTerms(typed) };
  const sentence =
    'Ports must be numbers from 1 to 65535 in ascending order, with commas between them and a hyphen in ranges, such as 80, 443, 8000-8099.';
  return { ok: false, errors: { ports: sentence } };
}
