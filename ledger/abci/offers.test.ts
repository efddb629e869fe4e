import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OfferIndex } from '#ledger/contracts/offer-index.ts';
import type { IndexedOffer, OffersView } from '#ledger/contracts/plan/offers.ts';
import { perHour, places, strategy } from '#ledger/contracts/testing/samples.ts';
import { Machine } from './machine.ts';
import { wholeSnapshot } from './snapshot.ts';
import { quickCrypto as crypto } from './testing/quick-crypto.ts';
import { BLOCK_BYTES_MAX, TestNetwork } from './testing/test-network.ts';

interface Step {
  readonly what: number;
  readonly id: bigint;
  readonly amount: bigint;
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  what: fc.nat(8),
  id: fc.bigInt(1n, 4n),
  amount: fc.bigInt(1n, 4n),
});
const anyBlock = fc.record({
  steps: fc.array(anyStep, { maxLength: 5 }),
  abandoned: fc.array(anyStep, { maxLength: 5 }),
  isRestored: fc.boolean(),
});

/** A command that changes what is on offer; `isKept` false leaves the signer's nonce as it is. */
function bytesOf(
  net: TestNetwork,
  { what, id, amount }: Step,
  nonces: { provider: bigint; customer: bigint },
): Uint8Array {
  const provider = (method: string, args: Parameters<TestNetwork['sign']>[2]): Uint8Array =>
    net.sign(net.provider, method, args, { nonce: nonces.provider++ });
  switch (what) {
    case 0:
      return provider('SuspendResource', { resource: id, reason: 'owner-decision' });
    case 1:
      return provider('ResumeResource', { resource: id });
    case 2:
      return provider('RetireResource', { resource: id });
    case 3: {
      const terms = strategy({ prices: [perHour(amount)] });
      return provider('ReviseStrategy', { resource: id, capacity: places(amount), strategy: terms });
    }
    case 4:
      return provider('PublishResource', net.publishArgs({ sourceId: `source-${id}`, capacity: places(amount) }));
    case 5:
      return provider('EndAgreement', { agreement: id, reason: 'withdrawn' });
    default: {
      const holdMicro = 1_000n * amount;
      const use = { resource: id, durationMs: 1_000n * amount, holdMicro };
      return net.sign(net.customer, 'Apply', net.applyArgs(use), { nonce: nonces.customer++ });
    }
  }
}

function sorted(view: OffersView): IndexedOffer[] {
  return [...view.of('data'), ...view.of('storage')].sort((one, other) => (one.resource < other.resource ? -1 : 1));
}

function rebuilt(machine: Machine): IndexedOffer[] {
  const index = new OfferIndex();
  index.load(machine.committed);
  return sorted(index);
}

test('what is on offer is the same whether it was followed, rebuilt, restored, or taken back with an abandoned block [8.3.1-a]', () => {
  let changes = 0;
  fc.assert(
    fc.property(fc.array(anyBlock, { minLength: 4, maxLength: 20 }), (blocks) => {
      const net = new TestNetwork(crypto);
      net.run(net.provider, 'AuthorizeKey', net.authorizeArgs());
      for (const { steps, abandoned, isRestored } of blocks) {
        const { machine } = net;
        const nonces = (): { provider: bigint; customer: bigint } => ({
          provider: net.provider.nonce,
          customer: net.customer.nonce,
        });
        const before = rebuilt(machine);
        const unused = nonces();
        const context = {
          height: machine.info().height + 1n,
          timeMs: net.nowMs + 7n,
          bytesMax: BLOCK_BYTES_MAX,
          misbehavior: [],
        };
        machine.finalizeBlock(
          abandoned.map((step) => bytesOf(net, step, unused)),
          context,
        );
        // Executed and not committed: queries see what was there before.
        expect(sorted(machine.offers)).toEqual(before);
        const used = nonces();
        const transactions = steps.map((step) => bytesOf(net, step, used));
        [net.provider.nonce, net.customer.nonce] = [used.provider, used.customer];
        net.block(transactions, 4_000n);
        const after = rebuilt(machine);
        expect(sorted(machine.offers)).toEqual(after);
        if (after.length > 0) changes += 1;
        if (!isRestored) continue;
        const restored = new Machine(net.genesis, crypto);
        expect(restored.restore(wholeSnapshot(machine.snapshot()))).toBe(true);
        expect(sorted(restored.offers)).toEqual(after);
      }
    }),
    { numRuns: 40 },
  );
  expect(changes).toBeGreaterThan(100);
}, 60_000);
