import { expect, test } from 'vitest';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import { OUTCOME_MS, verifyItem, type Suite } from './suite.ts';

const CULPRIT = 1;
/** Transactions until it must have been caught: each is a round of three or four proposers. */
const TURNS_MAX = 300;

/** The node with this validator's key, as genesis numbers them. */
const nodeOf = (index: number): bigint => BigInt(index + 1);

async function equivocationsOf({ engine }: Suite, node: bigint): Promise<bigint> {
  const answer = await engine.query('node', { id: node });
  return answer.ok ? (answer.value as { readonly equivocations: bigint }).equivocations : 0n;
}

function recordsIn({ items }: CommittedBlock): { logIndex: bigint; node: unknown; type: unknown }[] {
  return items.flatMap(({ logIndex, events }) =>
    events
      .map(({ payload }) => ({ logIndex, node: payload.node, type: payload.type }))
      .filter(({ type }) => type === 'EquivocationRecorded'),
  );
}

/** A validator that signs two conflicting votes. */
export function testEvidence(given: () => Suite): void {
  test(
    'a validator that signs two conflicting votes is recorded on the ledger, for every reader and with a receipt, and nobody else is [8.2.1-a] [8.3.1-a]',
    { timeout: 240_000 },
    async () => {
      const suite = given();
      const { under, alice, bob } = suite;
      const { genesis, transfer } = under.ledger;
      const { height: before } = await suite.engine.status();
      await under.contradict(CULPRIT);
      for (let turn = 0; turn < TURNS_MAX && (await equivocationsOf(suite, nodeOf(CULPRIT))) === 0n; turn += 1) {
        const admitted = await suite.engine.submit(transfer(alice, bob));
        if (admitted.ok) await suite.engine.outcome(admitted.txId, OUTCOME_MS);
      }
      expect(await equivocationsOf(suite, nodeOf(CULPRIT))).toBeGreaterThan(0n);
      for (const index of genesis.validators.keys())
        if (index !== CULPRIT) expect(await equivocationsOf(suite, nodeOf(index))).toBe(0n);
      const blocks = await suite.blocksFrom(before + 1n, (block) => recordsIn(block).length > 0);
      const [record] = recordsIn(blocks.at(-1)!);
      expect(record).toMatchObject({ node: nodeOf(CULPRIT) });
      // The next header carries the app hash after it.
      await suite.blocksFrom(blocks.at(-1)!.height + 1n, () => true);
      await verifyItem(suite, record!.logIndex);
    },
  );
}
