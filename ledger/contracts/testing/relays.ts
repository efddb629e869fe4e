import { relayTerms, relayWaysTerms, type Relay } from '#ledger/contracts/kinds/connection.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { HOUR_MS, filled, quantities, strategy } from './samples.ts';
import { PROVIDER, applyArgs, type Outcome, type TestLedger } from './test-ledger.ts';

/** Relays of the provider and orders of them, for tests of the proximity pool. */

const CAPACITY = { connections: 4n, downBytesPerS: 100n, upBytesPerS: 100n };
const PASSED = { bytes: 1_000n, bytesIn: 1_000n };
const RELAY: Relay = { ...CAPACITY, probeBytesPerS: 90n, roundTripMs: 5n, ports: '443', region: 'US-WA' };
export const RELAY_PLACE = '47.6,-122.3';

/** Four connections, of which one costs a thousandth of a token an hour; its agent is authorised. `place` '' states none. */
export function publishRelay(ledger: TestLedger, sourceId: string, place = RELAY_PLACE): Outcome {
  const terms = {
    ways: relayWaysTerms('443'),
    limits: quantities(PASSED),
    prices: [{ meter: 'connections', per: 1n, perMs: HOUR_MS, amountMicro: 1_000n }],
    degradedPerMille: 0n,
  };
  const attributes = relayTerms(place === '' ? RELAY : { ...RELAY, place });
  const described = { kind: 'connection', sourceId, attributes, capacity: quantities(CAPACITY) };
  return ledger.run(PROVIDER, 'PublishResource', ledger.publishArgs({ ...described, strategy: strategy(terms) }));
}

/** One connection for an hour. */
export function relayOrder(fields: Args = {}): Args {
  const amounts = quantities({ ...PASSED, connections: 1n, downBytesPerS: 10n, upBytesPerS: 10n });
  return applyArgs({ choices: [], amounts, holdMicro: 1_000n, ...fields });
}

/** An operator that offers identification vouches for the account. */
export function identify(ledger: TestLedger, of: { subject: bigint; operator: bigint; lifeMs?: bigint }): Outcome {
  const { subject, operator, lifeMs = 24n * HOUR_MS } = of;
  ledger.run(subject, 'ApplyIdentity', { operator, commitment: filled(12) });
  const vouched = { subject, commitment: filled(12), subscriber: filled(14), level: 'compared' };
  return ledger.run(operator, 'AttestIdentity', { ...vouched, endsAtMs: ledger.nowMs + lifeMs });
}
