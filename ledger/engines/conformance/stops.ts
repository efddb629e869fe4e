import { expect, test } from 'vitest';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { equal } from '#ledger/core/bytes.ts';
import { NO_OUTCOME_MS, OUTCOME_MS, type Suite } from './suite.ts';

/** Validators that stop and start. */
export function testStops(given: () => Suite): void {
  test(
    'one validator may stop: the rest goes on, and it takes part when started again',
    { timeout: 120_000 },
    async () => {
      const suite = given();
      const { under } = suite;
      await under.stopValidator(2);
      for (let turn = 0; turn < 5; turn += 1)
        expect((await suite.decide(under.ledger.transfer(suite.alice, suite.bob))).outcome).toMatchObject({ code: 0 });
      await under.startValidator(2);
      // Without it and one more there is no quorum: that blocks are decided shows that it takes part again.
      await under.stopValidator(3);
      expect((await suite.decide(under.ledger.transfer(suite.alice, suite.bob))).outcome).toMatchObject({ code: 0 });
      await under.startValidator(3);
    },
  );

  test(
    'without a quorum nothing is decided; once it is back, what was submitted is decided once [8.2.1-a]',
    { timeout: 120_000 },
    async () => {
      const suite = given();
      const { under } = suite;
      await under.stopValidator(2);
      await under.stopValidator(3);
      const bytes = under.ledger.transfer(suite.bob, suite.alice);
      // Engines differ: one refuses meanwhile, another one lets it wait. Neither decides it.
      const meanwhile = await suite.engine.submit(bytes);
      if (meanwhile.ok) expect(await suite.engine.outcome(meanwhile.txId, NO_OUTCOME_MS)).toBeUndefined();
      else expect(meanwhile.code).toBe(admissionCodes.UNAVAILABLE);
      await under.startValidator(2);
      await under.startValidator(3);
      const admitted = meanwhile.ok ? meanwhile : await suite.engine.submit(bytes);
      expect(admitted).toMatchObject({ ok: true });
      const txId = admitted.ok ? admitted.txId : new Uint8Array(32);
      const outcome = await suite.engine.outcome(txId, OUTCOME_MS);
      expect(outcome).toMatchObject({ code: 0 });
      const after = await suite.decide(under.ledger.transfer(suite.alice, suite.bob));
      const blocks = await suite.blocksFrom(1n, (block) => block.height >= (after.outcome?.height ?? 0n));
      const decided = blocks.flatMap(({ items }) => items.filter((item) => item.txId && equal(item.txId, txId)));
      expect(decided).toHaveLength(1);
    },
  );
}

/** The whole engine. */
export function testRestart(given: () => Suite): void {
  test(
    'after a stop and a start everything decided is there, and it goes on from there [8.3.1-a]',
    { timeout: 60_000 },
    async () => {
      const suite = given();
      const { outcome } = await suite.decide(suite.under.ledger.transfer(suite.alice, suite.bob, 7n));
      const before = await suite.engine.query('balance', { account: suite.bob.account });
      await suite.engine.stop();
      suite.engine = suite.under.open();
      await suite.engine.start();
      expect(await suite.engine.outcome(outcome?.txId ?? new Uint8Array(32), 0)).toEqual(outcome);
      const after = await suite.engine.query('balance', { account: suite.bob.account });
      expect(after.ok && after.value).toEqual(before.ok && before.value);
      expect((await suite.decide(suite.under.ledger.transfer(suite.alice, suite.bob))).outcome).toMatchObject({
        code: 0,
      });
    },
  );
}
