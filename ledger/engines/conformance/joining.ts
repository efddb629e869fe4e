import { expect, test } from 'vitest';
import { placeIn, playUntil, verifyAll, type Suite } from './suite.ts';

const JOINER = 2;

/** A validator that has lost everything but its keys. */
export function testJoining(given: () => Suite): void {
  test(
    'a validator with an empty folder joins by a snapshot, without the blocks before, answers as the others do and is part of the quorum [7.2.2-d] [8.2.1-a]',
    { timeout: 240_000 },
    async () => {
      const suite = given();
      const { under, alice, bob } = suite;
      const { genesis, members } = under.ledger;
      const { base, query } = await under.joinBySnapshot(JOINER);
      expect(base).toBeGreaterThan(0n);
      const { publicKey } = genesis.validators[JOINER]!;
      // Blocks decided so far may carry what it signed before, and on the height in progress it may have voted: it speaks from the next on.
      const { height: atJoining } = await suite.engine.status();
      const signed = await playUntil(suite, atJoining + 3n, (block) => placeIn(block, publicKey) === 'signed');
      // All that it knows of this account comes out of the snapshot.
      const { account } = members.at(-1)!;
      const ofEngine = await suite.engine.query('balance', { account });
      const own = await query('balance', { account });
      expect(own).toMatchObject({ ok: true });
      expect(own.ok && own.value).toEqual(ofEngine.ok && ofEngine.value);
      // Without it and one more there is no quorum.
      await under.stopValidator(1);
      const { outcome } = await suite.decide(under.ledger.transfer(alice, bob));
      expect(outcome).toMatchObject({ code: 0 });
      await under.startValidator(1);
      // What it lacks the others still have.
      expect((await suite.engine.status()).firstHeight).toBe(1n);
      await verifyAll(suite, signed.height);
    },
  );
}
