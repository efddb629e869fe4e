import { describe, expect, test } from 'vitest';
import type { CommittedBlock, EngineFigures } from '#ledger/core/committed.ts';
import { refusalOf } from '#lib/shared/monitoring.ts';
import { createChainFigures } from './chain-figures.ts';

const txId = new Uint8Array(32);

function block(height: bigint, codes: readonly number[]): CommittedBlock {
  return {
    height,
    hash: txId,
    timeMs: height * 1_000n,
    proposer: txId,
    lastRound: height === 2n ? 2 : 0,
    appHash: txId,
    signers: [
      { address: txId, signed: true },
      { address: txId, signed: height !== 2n },
    ],
    evidence: 0,
    items: codes.map((code, index) => ({ txId, code, data: null, events: [], logIndex: BigInt(index) })),
  };
}

const measured = (bytes: number): EngineFigures => ({
  waiting: 4,
  dueItems: 7,
  dueBacklog: 2,
  stateRecords: 70,
  journals: [
    { name: 'validator-0', bytes: bytes - 1 },
    { name: 'validator-1', bytes },
  ],
});

describe('the network’s series', () => {
  test('count refusals by contract and code over the last blocks, and go on with 0 when they are over [7.2.6-b]', () => {
    const figures = createChainFigures();
    figures.addBlock(block(1n, [0, 201]));
    figures.addBlock(block(2n, [201, 5, 999_999]));
    const names = (): Record<string, number> =>
      Object.fromEntries(Object.entries(figures.at(3_000)).filter(([name]) => refusalOf(name) !== undefined));
    expect(names()).toEqual({ 'refused.token.201': 2, 'refused.machine.5': 1, 'refused.unknown.999999': 1 });
    expect(figures.at(3_000)).toMatchObject({
      refused: 4,
      transactions: 5,
      rounds: 1,
      missedPermille: 250,
      sinceBlockMs: 1_000,
    });
    for (let height = 3n; height < 103n; height += 1n) figures.addBlock(block(height, [0]));
    expect(names()).toEqual({ 'refused.token.201': 0, 'refused.machine.5': 0, 'refused.unknown.999999': 0 });
  });

  test('have what waits, what is late, and how the largest journal grows in an hour; nothing of it while nobody says it [7.2.6-b]', () => {
    const figures = createChainFigures();
    expect(figures.at(0)).toEqual({});
    figures.measured(measured(1_000), 0);
    expect(figures.at(0)).toEqual({ waiting: 4, dueItems: 7, dueBacklog: 2, stateRecords: 70, journalBytes: 1_000 });
    figures.measured(measured(2_000), 120_000);
    expect(figures.at(120_000)).toMatchObject({ journalBytes: 2_000, journalBytesPerHour: 30_000 });
    figures.measured({ ...measured(500), waiting: null }, 180_000);
    const begunAnew = figures.at(180_000);
    expect(begunAnew).toMatchObject({ journalBytes: 500 });
    for (const absent of ['waiting', 'journalBytesPerHour']) expect(begunAnew).not.toHaveProperty(absent);
    figures.measured(undefined, 190_000);
    expect(figures.at(190_000)).toEqual({});
  });

  test('of names of series only those of refusals are read as such', () => {
    for (const name of [
      'refused',
      'refused.token',
      'refused.token.',
      'refused..1',
      'refused.token.1.2',
      'waiting',
      'refused.Token.1',
    ])
      expect([name, refusalOf(name)]).toEqual([name, undefined]);
    expect(refusalOf('refused.token.201')).toEqual({ contract: 'token', code: 201 });
  });
});
