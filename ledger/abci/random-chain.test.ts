import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { StateScanner } from '#ledger/core/decision.ts';
import { agreementTables, readAgreement } from '#ledger/contracts/agreement/record.ts';
import { governanceTables } from '#ledger/contracts/governance/record.ts';
import { incentiveTables } from '#ledger/contracts/incentive/record.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { readClaim } from '#ledger/contracts/settlement/record.ts';
import { RUN_COUNT_MAX, intervalsOf } from '#ledger/contracts/shared/runs.ts';
import { plus } from '#ledger/contracts/shared/terms.ts';
import { backup, orderArgs, part } from '#ledger/contracts/testing/test-ledger.ts';
import { quantities, runs } from '#ledger/contracts/testing/samples.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { nodeTables } from '#ledger/contracts/node/record.ts';
import type { Misbehavior } from './application.ts';
import { Machine } from './machine.ts';
import { machineTables } from './machine-tables.ts';
import { wholeSnapshot } from './snapshot.ts';
import { quickCrypto as crypto } from './testing/quick-crypto.ts';
import { BLOCK_BYTES_MAX, TestNetwork, filled, type Person } from './testing/test-network.ts';

const INTERVAL_MS = 1_000n;

/** One random command: who signs, and how its bytes come from the chain as it stands. */
interface Step {
  readonly who: number;
  readonly what: number;
  readonly id: bigint;
  readonly amount: bigint;
  readonly flag: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  who: fc.nat(5),
  what: fc.nat(16),
  id: fc.bigInt(1n, 5n),
  amount: fc.bigInt(0n, 9_000n),
  flag: fc.boolean(),
});
const block = fc.record({
  steps: fc.array(step, { maxLength: 6 }),
  afterMs: fc.bigInt(1n, 6_000n),
  caught: fc.array(fc.record({ seed: fc.integer({ min: 1, max: 8 }), height: fc.bigInt(1n, 3n) }), { maxLength: 2 }),
});

/** What an agent claims: every whole interval since the last claim, until now or the end. */
function claimOf(net: TestNetwork, agreement: bigint, of: { bytes: bigint; isKept: boolean }): Args {
  const { startsAtMs = 0n, endsAtMs = 0n, endedAtMs = 0n } = readAgreement(net.machine.committed, agreement) ?? {};
  const last = readClaim(net.machine.committed, agreement);
  const fromMs = last.untilMs === 0n ? startsAtMs : last.untilMs;
  const endMs = endedAtMs === 0n ? endsAtMs : endedAtMs;
  const count = net.nowMs > fromMs ? (net.nowMs - fromMs) / INTERVAL_MS : 0n;
  const whole = fromMs + count * INTERVAL_MS;
  const untilMs = whole > endMs ? endMs : whole;
  const claimed = untilMs > fromMs ? Number(intervalsOf(untilMs - fromMs, INTERVAL_MS)) : 0;
  const counts = Array.from({ length: Math.ceil(claimed / RUN_COUNT_MAX) }, (_, at) =>
    Math.min(RUN_COUNT_MAX, claimed - at * RUN_COUNT_MAX),
  );
  return {
    agreement,
    used: plus(quantities({ bytes: of.bytes, calls: 1n, rows: 1n }), last.used),
    untilMs,
    runs: runs(...counts.map((count) => [of.isKept ? 'kept' : 'down', count] as const)),
  };
}

function bytesOf(net: TestNetwork, { who, what, id, amount, flag }: Step): Uint8Array {
  const people: Person[] = [net.provider, net.customer, ...net.nodes, net.agent];
  const signer = people[who]!;
  const { nowMs } = net;
  const startsAtMs = nowMs + (flag ? 0n : amount);
  switch (what) {
    case 0:
    case 1:
    case 2:
      return net.sign(
        signer,
        'Apply',
        net.applyArgs({
          durationMs: 1_000n + amount,
          holdMicro: 1_000n + amount,
          purpose: flag ? 'research' : 'other',
        }),
      );
    case 3:
    case 4:
      return net.sign(net.agent, 'Prepare', { agreement: id, startsAtMs, descriptor: filled(1) });
    case 5:
      return net.sign(signer, 'EndAgreement', { agreement: id, reason: flag ? 'done' : 'withdrawn' });
    case 6:
      return net.sign(net.agent, 'ClaimUsage', claimOf(net, id, { bytes: amount + 1n, isKept: flag }));
    case 7:
      return net.sign(signer, 'RequestRole', { role: flag ? 'NRP' : 'NRNSP' });
    case 8:
      return net.sign(signer, 'Vote', { proposal: id, approve: flag });
    case 9:
      return net.sign(signer, 'Transfer', { to: id, amountMicro: amount });
    case 10:
      return net.sign(signer, 'ProposeGrant', { to: id, amountMicro: amount });
    case 11:
      return net.sign(signer, 'ProposeValidator', net.validatorOffer(flag ? 5 : 6));
    case 12:
      return net.sign(signer, 'ProposeValidatorRemoval', { node: id });
    case 13:
    case 14: {
      const use = { durationMs: 1_000n + amount, holdMicro: 1_000n + amount };
      const replaceable = part({ ...use, backup: [backup({ holdMicro: use.holdMicro })] });
      return net.sign(signer, 'PlaceOrder', orderArgs(flag ? [replaceable] : [part(use), replaceable]));
    }
    case 15:
      return net.sign(net.provider, 'EndAgreement', { agreement: id, reason: 'withdrawn' });
    default:
      return net.sign(signer, 'ContestClaim', { agreement: id, reason: 'not-served' });
  }
}

/** What waits in the queue is exactly what the records wait for. */
function missingDueWork(state: StateScanner): string[] {
  const waiting = state.scan(machineTables.due).map(([, item]) => `${item.kind}/${item.subject}`);
  const expected: string[] = [];
  for (const [id, { status }] of state.scan(agreementTables.agreements)) {
    if (status === 'reserved') expected.push(`prepare-by/${id}`);
    if (status === 'prepared') expected.push(`start/${id}`, `end/${id}`);
    if (status === 'active') expected.push(`end/${id}`);
    if (status === 'completed' || status === 'terminated' || status === 'failed') expected.push(`settle/${id}`);
  }
  for (const [id, { status }] of state.scan(governanceTables.proposals))
    if (status === 'open') expected.push(`close/${id}`);
  for (const [id, { status }] of state.scan(nodeTables.nodes))
    if (status === 'waiting' || status === 'leaving') expected.push(`change-validators/${id}`);
  for (const [epoch] of state.scan(incentiveTables.epochs)) expected.push(`pay-rewards/${epoch}`);
  const left = new Set(waiting);
  return [
    ...expected.filter((item) => !left.delete(item)).map((item) => `${item} does not wait`),
    ...[...left].map((item) => `${item} waits for nothing`),
  ];
}

describe('random chains', () => {
  test('keep every invariant and the due queue whole; replay and restore reach the same app hash at every height [8.3.1-a]', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 5, maxLength: 25 }), fc.nat(20), (blocks, restoreAt) => {
        const net = new TestNetwork(crypto, {
          votingMs: 20_000n,
          epochMs: 10_000n,
          creditEpochMs: 10_000n,
          incentivePoolMicro: 9_000n,
        });
        const replayed = new Machine(net.genesis, crypto);
        replayed.initChain();
        let restored: Machine | undefined;
        const follow = (
          transactions: readonly Uint8Array[],
          hash: Uint8Array,
          misbehavior: readonly Misbehavior[] = [],
        ) => {
          for (const machine of restored === undefined ? [replayed] : [replayed, restored]) {
            const context = {
              height: machine.info().height + 1n,
              timeMs: net.nowMs,
              bytesMax: BLOCK_BYTES_MAX,
              misbehavior,
            };
            expect(machine.finalizeBlock(transactions, context).appHash).toEqual(hash);
            machine.commit();
          }
        };
        const first = net.sign(net.provider, 'AuthorizeKey', net.authorizeArgs());
        follow([first], net.block([first]).appHash);
        for (const sourceId of ['first', 'second']) {
          const published = net.sign(net.provider, 'PublishResource', net.publishArgs({ sourceId }));
          follow([published], net.block([published]).appHash);
        }
        blocks.forEach(({ steps, afterMs, caught }, index) => {
          const transactions = steps.map((next) => bytesOf(net, next));
          const misbehavior = caught.map(({ seed, height }) => net.misbehavior(seed, height));
          const { appHash, nextDueMs, moreDue } = net.block(transactions, afterMs, misbehavior);
          follow(transactions, appHash, misbehavior);
          expect(brokenInvariants(net.machine.committed)).toEqual([]);
          expect(missingDueWork(net.machine.committed)).toEqual([]);
          const times = net.machine.committed.scan(machineTables.due).map(([, item]) => item.atMs);
          const earliest = times.reduce<bigint | undefined>(
            (least, at) => (least === undefined || at < least ? at : least),
            undefined,
          );
          expect([nextDueMs, moreDue]).toEqual([earliest, earliest !== undefined && earliest <= net.nowMs]);
          if (index !== restoreAt) return;
          restored = new Machine(net.genesis, crypto);
          expect(restored.restore(wholeSnapshot(replayed.snapshot()))).toBe(true);
        });
      }),
      { numRuns: 30 },
    );
  }, 120_000);
});
