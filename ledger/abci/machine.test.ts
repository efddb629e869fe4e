import { describe, expect, test } from 'vitest';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { amountsOfUse, places, quantities, runs, terms } from '#ledger/contracts/testing/samples.ts';
import { Machine } from './machine.ts';
import { quickCrypto } from './testing/quick-crypto.ts';
import { TestNetwork, filled, person } from './testing/test-network.ts';

describe('machine', () => {
  test('an order runs from publication to settlement by contract alone [8.2.2-a] [I.2-5] [I.2-6]', () => {
    const net = new TestNetwork(nobleCrypto);
    expect(net.publish().code).toBe(0);
    const applied = net.run(net.customer, 'Apply', net.applyArgs({ durationMs: 10_000n, holdMicro: 10_000n }));
    expect(applied).toMatchObject({ code: 0, data: { agreement: 1n } });
    expect(applied.events.map((event) => event.type)).toEqual(['AgreementReserved', 'CapacityChanged', 'TokensHeld']);
    const startsAtMs = net.nowMs;
    const prepared = net.run(net.agent, 'Prepare', { agreement: 1n, startsAtMs, descriptor: filled(5) });
    expect(prepared.code).toBe(0);
    expect(prepared.events.map((event) => event.type)).toEqual(['AgreementPrepared', 'AgreementActivated']);
    const claim = {
      agreement: 1n,
      used: quantities({ bytes: 3_000n, calls: 3n, rows: 30n }),
      runs: runs(['kept', 5]),
      untilMs: startsAtMs + 5_000n,
    };
    net.block([], 5_000n);
    expect(net.run(net.agent, 'ClaimUsage', claim).code).toBe(0);
    const ended = net.block([], 5_000n);
    expect(ended.due[0]!.events.map((event) => event.type)).toEqual(['AgreementEnded', 'CapacityChanged']);
    expect(ended.nextDueMs).toBe(net.nowMs + 5_000n);
    const settled = net.block([], 5_000n);
    expect(settled.due[0]!.events.map((event) => event.type)).toEqual(['HoldSettled', 'AgreementSettled']);
    expect(net.query('agreement', { id: 1n })).toMatchObject({
      status: 'settled',
      bill: { keptMs: 5_000n, downMs: 5_000n, chargeMicro: 5_000n, feeMicro: 100n, refundMicro: 5_000n },
    });
    expect(net.query('balance', { account: 1n })).toEqual({ balanceMicro: 100_004_900n, heldMicro: 0n });
    expect(net.query('balance', { account: 2n })).toEqual({ balanceMicro: 99_995_000n, heldMicro: 0n });
    const hash = net.machine.info().appHash;
    net.block();
    expect(net.machine.info().appHash).toEqual(hash);
  });

  test('an account is created by its own first transaction and greeted from the treasury', () => {
    const net = new TestNetwork(nobleCrypto);
    const stranger = person(50, nobleCrypto);
    const bytes = net.create(stranger);
    expect(net.machine.checkTx(bytes, { nowMs: net.nowMs, recheck: false }).code).toBe(0);
    const [item] = net.block([bytes]).transactions;
    expect(item).toMatchObject({ code: 0, data: { account: 6n } });
    expect(net.query('account-by-address', { address: stranger.address })).toEqual({ account: 6n, key: 0n });
    expect(net.query('balance', { account: 6n })).toEqual({ balanceMicro: 50_000_000n, heldMicro: 0n });
    expect(net.machine.checkTx(bytes, { nowMs: net.nowMs, recheck: false }).code).toBe(101);
  });

  test('two people who create accounts with the same words have a transaction id each [8.2.1-a]', () => {
    const net = new TestNetwork(nobleCrypto);
    const { transactions } = net.block([50, 51].map((seed) => net.create(person(seed, nobleCrypto))));
    expect(transactions.map(({ code }) => code)).toEqual([0, 0]);
    expect(transactions[0]!.txId).not.toEqual(transactions[1]!.txId);
  });

  test('a genesis that leaves a parameter out, goes beyond a bound, or names an address twice does not begin', () => {
    const { genesis } = new TestNetwork(nobleCrypto);
    const { contestMs: _contestMs, ...fewer } = genesis.parameters;
    const bad: [typeof genesis, string][] = [
      [{ ...genesis, parameters: fewer }, 'contestMs'],
      [{ ...genesis, parameters: { ...genesis.parameters, feePerMille: 1_001n } }, 'feePerMille'],
      [{ ...genesis, accounts: [...genesis.accounts, genesis.accounts[0]!] }, 'each address once'],
      [{ ...genesis, accounts: [{ ...genesis.accounts[0]!, roles: ['KING'] }] }, 'KING'],
      [{ ...genesis, treasuryMicro: 1n << 63n }, '2^63'],
    ];
    for (const [wrong, fact] of bad) expect(() => new Machine(wrong, nobleCrypto).initChain()).toThrow(fact);
  });

  test('a block whose results outgrow their bound answers the rest without executing it, whoever proposed it', () => {
    const net = new TestNetwork(quickCrypto);
    const sentence = '冷'.repeat(200);
    const conditions = Array.from({ length: 20 }, () => ({ rule: 'false', sentence }));
    expect(net.publish({ conditions }).code).toBe(0);
    const before = net.query('balance', { account: 2n });
    const many = Array.from({ length: 500 }, () => net.sign(net.customer, 'Apply', net.applyArgs()));
    const codes = net.block(many).transactions.map((item) => item.code);
    const first = codes.indexOf(admissionCodes.UNAVAILABLE);
    expect(first).toBeGreaterThan(100);
    expect(codes.slice(0, first).every((code) => code === 0)).toBe(true);
    expect(codes.slice(first).every((code) => code === admissionCodes.UNAVAILABLE)).toBe(true);
    expect(net.query('balance', { account: 2n })).toEqual(before);
    expect(net.run(net.customer, 'Apply', net.applyArgs()).code).toBe(0);
  });

  test('queries answer for an agreement, an account, a resource and would-be admission', () => {
    const net = new TestNetwork(nobleCrypto);
    net.publish();
    net.run(net.customer, 'Apply', net.applyArgs());
    expect(net.query('agreement', { id: 1n })).toMatchObject({ id: 1n, status: 'reserved', bill: null });
    expect(net.query('account', { id: 2n })).toMatchObject({ roles: ['NRC'], history: { completed: 0n, broken: 0n } });
    expect(net.query('resource', { id: 1n })).toMatchObject({
      status: 'published',
      inUse: places(1n),
      strategyVersion: 1n,
    });
    expect(net.query('strategy', { resource: 1n, version: 1n })).toMatchObject({ by: 1n });
    const choices = terms({ format: 'csv' });
    const use = { purpose: 'other', field: 'weather', durationMs: 1n, choices, amounts: amountsOfUse() };
    const answer = net.query('admission', { account: 2n, resource: 1n, use }) as {
      admitted: boolean;
      failed: { sentence: string }[];
    };
    expect([answer.admitted, answer.failed[0]?.sentence]).toEqual([false, 'purpose must be research or education']);
    expect(net.query('admission', { account: 2n, resource: 1n, use: { ...use, purpose: 'research' } })).toMatchObject({
      admitted: true,
      failed: [],
      judged: [{ index: 0n, verdict: 'met', changes: [] }],
    });
  });
});
