import { expect, test } from 'vitest';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { Suite } from './suite.ts';

/** Admission, decision, refusal, each transaction once. */
export function testTransactions(given: () => Suite): void {
  test('admits, decides, executes and answers queries of what was decided [8.3.1-a]', async () => {
    const suite = given();
    const { outcome } = await suite.decide(suite.under.ledger.transfer(suite.alice, suite.bob, 5n));
    expect(outcome).toMatchObject({ code: 0 });
    const balance = await suite.engine.query('balance', { account: suite.bob.account });
    expect(balance).toMatchObject({ ok: true, value: { balanceMicro: 1_000_000_005n } });
  });

  test('a decided transaction, submitted again, is refused [8.2.1-a]', async () => {
    const suite = given();
    const bytes = suite.under.ledger.transfer(suite.alice, suite.bob);
    expect((await suite.decide(bytes)).outcome).toMatchObject({ code: 0 });
    expect(await suite.engine.submit(bytes)).toEqual({ ok: false, code: admissionCodes.NONCE_USED });
  });

  test('malformed, altered and oversized transactions are refused with their codes, whatever they are', async () => {
    const suite = given();
    const good = suite.under.ledger.transfer(suite.alice, suite.bob);
    const altered = good.slice();
    altered[altered.length - 10] = (altered[altered.length - 10] ?? 0) ^ 1;
    const hostile = [new Uint8Array(0), Uint8Array.of(1, 2, 3), good.slice(0, -1), altered, new Uint8Array(100_000)];
    for (const bytes of hostile) {
      const refused = await suite.engine.submit(bytes);
      expect(refused.ok).toBe(false);
      if (!refused.ok) expect(Object.values(admissionCodes)).toContain(refused.code);
    }
    expect((await suite.decide(good)).outcome).toMatchObject({ code: 0 });
  });

  test('a contract refusal is decided, with its code and without an effect', async () => {
    const suite = given();
    const { outcome } = await suite.decide(suite.under.ledger.transfer(suite.alice, suite.bob, 10n ** 15n));
    expect(outcome?.code).toBeGreaterThan(100);
  });

  test('of many members at once, each transaction is decided exactly once', async () => {
    const suite = given();
    const { members } = suite.under.ledger;
    const rounds = Array.from({ length: 10 }, (_, round) =>
      members.map((from, at) =>
        suite.under.ledger.transfer(from, members[(at + 1 + (round % (members.length - 1))) % members.length]!),
      ),
    );
    const outcomes = await Promise.all(rounds.flat().map((bytes) => suite.decide(bytes)));
    for (const { admitted, outcome } of outcomes)
      expect({ admitted, code: outcome?.code }).toMatchObject({ admitted: { ok: true }, code: 0 });
    const last = outcomes.reduce(
      (highest, { outcome }) => ((outcome?.height ?? 0n) > highest ? (outcome?.height ?? 0n) : highest),
      0n,
    );
    const blocks = await suite.blocksFrom(1n, (block) => block.height >= last);
    const ids = blocks.flatMap((block) => block.items.map((item) => toHex(item.txId ?? new Uint8Array(0))));
    expect(new Set(ids).size).toBe(ids.length);
  });
}
