import { expect, test } from 'vitest';
import { toHex } from '#ledger/core/bytes.ts';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import { anchorFromJson, anchorOf, anchorToJson, type Anchor } from '#ledger/core/genesis.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { verifyHead } from '#ledger/verify/head.ts';
import { verifyReceipt } from '#ledger/verify/receipt.ts';
import { FIFTH, placeIn, playUntil, verifyAll, type Suite } from './suite.ts';

/** Decides a proposal by the votes of both node providers; answers the height of the deciding one. */
async function pass(suite: Suite, proposal: Uint8Array): Promise<bigint> {
  const { alice, bob, under } = suite;
  const opened = await suite.decide(proposal);
  expect(opened.outcome).toMatchObject({ code: 0 });
  const id = (opened.outcome?.data as { proposal: bigint }).proposal;
  expect((await suite.decide(under.ledger.sign(alice, 'Vote', { proposal: id, approve: true }))).outcome?.code).toBe(0);
  const decided = await suite.decide(under.ledger.sign(bob, 'Vote', { proposal: id, approve: true }));
  expect(decided.outcome).toMatchObject({ code: 0, data: { outcome: 'passed' } });
  return decided.outcome?.height ?? 0n;
}

/** The block from `from` on whose events say that this key came (1) or went (0). */
async function blockOfChange(suite: Suite, from: bigint, power: bigint): Promise<CommittedBlock> {
  const blocks = await suite.blocksFrom(from, ({ items }) =>
    items.some(({ events }) =>
      events.some(({ payload }) => payload.type === 'ValidatorSetChanged' && payload.power === power),
    ),
  );
  return blocks.at(-1)!;
}

/** A checkpoint between two changes: receipts and heads asked from its height verify against it, one below it cannot be judged. */
async function verifyFrom(
  { engine }: Suite,
  { checkpoint, newest, oldest }: { checkpoint: Anchor; newest: CommittedBlock; oldest: CommittedBlock },
): Promise<void> {
  const read = anchorFromJson(anchorToJson(checkpoint));
  expect(read).toEqual({ ok: true, value: checkpoint });
  const { height } = checkpoint.checkpoint!;
  const receipt = await engine.receipt(newest.items[0]!.logIndex, height);
  for (const [verdict, file] of [
    [verifyReceipt(receipt, checkpoint, nativeCrypto), receipt],
    [verifyHead(await engine.head(height), checkpoint, nativeCrypto), await engine.head(height)],
  ] as const) {
    expect(verdict.steps.filter((step) => !step.ok)).toEqual([]);
    expect(verdict.authenticated).toBe(true);
    expect((file as { trail?: unknown[] }).trail).toHaveLength(1);
  }
  const early = verifyReceipt(await engine.receipt(oldest.items[0]!.logIndex, height), checkpoint, nativeCrypto);
  expect(early.steps.filter((step) => !step.ok).map(({ name }) => name)).toEqual(['anchor']);
  expect(early.steps.at(-1)?.sentence).toContain('and cannot judge it');
}

/** Validators that a vote admits and removes. */
export function testChanges(given: () => Suite): void {
  test(
    'a validator admitted by vote signs blocks, one removed no longer does, receipts before and after verify against the anchor of genesis [7.2.2-d]',
    { timeout: 180_000 },
    async () => {
      const suite = given();
      const { under, alice, bob } = suite;
      const { fifth, genesis } = under.ledger;
      const last = genesis.validators[3]!.publicKey;
      const before = await suite.decide(under.ledger.transfer(alice, bob));
      expect(await verifyAll(suite, before.outcome?.height ?? 0n)).toBeUndefined();

      await under.startValidator(FIFTH);
      const admitted = await blockOfChange(suite, await pass(suite, under.ledger.proposeFifth(alice, alice)), 1n);
      await playUntil(suite, admitted.height + 3n, (block) => placeIn(block, fifth.publicKey) === 'signed');
      const [old, first] = await suite.blocksFrom(admitted.height + 2n, ({ height }) => height > admitted.height + 2n);
      expect([placeIn(old!, fifth.publicKey), old!.signers.length, first!.signers.length]).toEqual(['none', 4, 5]);
      // Of five, four must sign: without one of the others the fifth is needed.
      await under.stopValidator(2);
      await playUntil(suite, admitted.height, (block) => placeIn(block, genesis.validators[2]!.publicKey) === 'missed');
      await under.startValidator(2);

      const anchor = anchorOf(genesis, nativeCrypto);
      const { checkpoint } = verifyHead(await suite.engine.head(), anchor, nativeCrypto);
      const vote = await pass(suite, under.ledger.sign(alice, 'ProposeValidatorRemoval', { node: 4n }));
      const removed = await blockOfChange(suite, vote, 0n);
      const after = await playUntil(
        suite,
        removed.height + 3n,
        (block) => placeIn(block, fifth.publicKey) === 'signed',
      );
      expect([placeIn(after, last), after.signers.length]).toEqual(['none', 4]);
      const { validators } = await suite.engine.status();
      const members = validators.filter(({ isMember }) => isMember !== false).map(({ publicKey }) => toHex(publicKey));
      const kept = [...genesis.validators.slice(0, 3).map((each) => each.publicKey), fifth.publicKey];
      expect(members.sort()).toEqual(kept.map(toHex).sort());
      expect(await verifyAll(suite, after.height)).toMatch(/^2 changes of the validators followed/);
      // Its change is in an item, while a block that nobody had anything for may stand between.
      await verifyFrom(suite, { checkpoint: checkpoint!, newest: after, oldest: admitted });
    },
  );
}
