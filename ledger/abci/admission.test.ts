import { describe, expect, test } from 'vitest';
import { admissionCodes as codes } from '#ledger/contracts/machine/definition.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { accountTables } from '#ledger/contracts/account/contract.ts';
import { ADDRESS_BUCKET_MAX, bucketOf } from '#ledger/contracts/account/key-rules.ts';
import { orderArgs, part } from '#ledger/contracts/testing/test-ledger.ts';
import { EMPTY_FRONTIER } from '#ledger/core/merkle-log.ts';
import { writeGenesis } from './genesis-state.ts';
import { snapshotSlices, wholeSnapshot } from './snapshot.ts';
import { Store } from './store.ts';
import { TestNetwork, filled, person } from './testing/test-network.ts';
import { WAITING_PER_ACCOUNT_MAX } from './waiting.ts';

const crypto = nativeCrypto;
const TO_PROVIDER = { to: 1n, amountMicro: 1n };
const check = (net: TestNetwork, bytes: Uint8Array) =>
  net.machine.checkTx(bytes, { nowMs: net.nowMs, recheck: false }).code;
const proposed = (net: TestNetwork, bytes: Uint8Array) =>
  net.machine.processProposal([bytes], {
    height: net.machine.info().height + 1n,
    timeMs: net.nowMs,
    bytesMax: 1 << 20,
  });
const context = (net: TestNetwork) => ({
  height: net.machine.info().height + 1n,
  timeMs: net.nowMs,
  bytesMax: 1 << 20,
});

/** An agent key of the customer that may only transfer. */
function withAgent(net: TestNetwork, fields: Record<string, unknown> = {}) {
  const agent = person(40, crypto, 2n, 1n);
  const scope = {
    label: 'a',
    methods: ['Transfer'],
    resources: [],
    spendingCapMicro: 10n,
    expiresAtMs: net.nowMs + 60_000n,
  };
  const args = { ...net.keyOffer(agent, 2n), ...scope, ...fields } as Args;
  expect(net.run(net.customer, 'AuthorizeKey', args).code).toBe(0);
  return agent;
}

describe('admission', () => {
  test('what is sound is admitted, once and again while it waits', () => {
    const net = new TestNetwork(crypto);
    const bytes = net.sign(net.customer, 'Transfer', TO_PROVIDER);
    expect(net.machine.checkTx(bytes, { nowMs: net.nowMs, recheck: false })).toMatchObject({ code: 0, sender: '2' });
    expect(check(net, bytes)).toBe(0);
    expect(proposed(net, bytes)).toBe(true);
  });

  test('stateless faults have their code and make a proposal invalid', () => {
    const net = new TestNetwork(crypto);
    const sound = net.sign(net.customer, 'Transfer', TO_PROVIDER);
    const highS = sound.slice();
    highS.fill(0xff, highS.length - 33, highS.length - 1);
    const cases: [number, Uint8Array][] = [
      [codes.MALFORMED, new Uint8Array(0)],
      [codes.MALFORMED, sound.slice(0, -1)],
      [codes.MALFORMED, Uint8Array.of(...sound, 0)],
      [codes.TOO_LARGE, new Uint8Array(16_385)],
      [codes.WRONG_NETWORK, net.sign(net.customer, 'Transfer', TO_PROVIDER, { network: filled(1) })],
      [codes.SIGNATURE_INVALID, highS],
      [codes.MALFORMED, net.sign({ ...net.customer, account: 0n }, 'Transfer', TO_PROVIDER)],
      [codes.MALFORMED, net.create(net.customer)],
      [codes.SIGNER_MISMATCH, net.create(person(60, crypto), { owner: person(61, crypto).address })],
    ];
    for (const [code, bytes] of cases) {
      expect(check(net, bytes)).toBe(code);
      expect(proposed(net, bytes)).toBe(false);
    }
    const unknown = sound.slice();
    unknown[unknown.indexOf('T'.charCodeAt(0), 35)] = 'X'.charCodeAt(0);
    expect(check(net, unknown)).toBe(codes.METHOD_UNKNOWN);
    expect(proposed(net, unknown)).toBe(false);
  });

  test('a transaction lives until its time and promises no more than an hour', () => {
    const net = new TestNetwork(crypto);
    const expired = net.sign(net.customer, 'Transfer', TO_PROVIDER, { validUntilMs: net.nowMs - 1n });
    expect(check(net, expired)).toBe(codes.EXPIRED);
    expect(proposed(net, expired)).toBe(false);
    expect(check(net, net.sign(net.customer, 'Transfer', TO_PROVIDER, { validUntilMs: net.nowMs }))).toBe(0);
    const long = net.sign(net.customer, 'Transfer', TO_PROVIDER, { validUntilMs: net.nowMs + 3_600_001n });
    expect(check(net, long)).toBe(codes.VALIDITY_TOO_LONG);
  });

  test('an unknown account, an unknown key and another signer are told apart', () => {
    const net = new TestNetwork(crypto);
    expect(check(net, net.sign({ ...net.customer, account: 99n }, 'Transfer', TO_PROVIDER))).toBe(
      codes.ACCOUNT_UNKNOWN,
    );
    expect(check(net, net.sign({ ...net.customer, key: 3n }, 'Transfer', TO_PROVIDER))).toBe(codes.KEY_UNKNOWN);
    expect(check(net, net.sign({ ...net.provider, account: 2n }, 'Transfer', TO_PROVIDER))).toBe(codes.SIGNER_MISMATCH);
  });

  test('no key number makes one account act as another', () => {
    const net = new TestNetwork(crypto);
    net.publish();
    // Record ids hold the account above 16 bits of key: 3 = 1 | 2, so a wide number would point from account 1 or 2 into account 3.
    const third = person(40, crypto, 3n, 1n);
    const scope = {
      label: 'a',
      methods: ['Transfer'],
      resources: [],
      spendingCapMicro: 10n,
      expiresAtMs: net.nowMs + 60_000n,
    };
    net.run(net.nodes[0]!, 'AuthorizeKey', { ...net.keyOffer(third, 3n), ...scope });
    expect(check(net, net.sign(third, 'Transfer', TO_PROVIDER))).toBe(0);
    for (const account of [1n, 2n]) {
      for (const key of [(2n << 16n) | 1n, (3n << 16n) | 1n, 0xffff_0001n, 65_537n]) {
        const bytes = net.sign({ ...third, account, key, nonce: 50n }, 'Transfer', { to: 3n, amountMicro: 1n });
        expect(check(net, bytes)).toBe(codes.KEY_UNKNOWN);
      }
    }
  });

  test('an authorised key acts within methods, time and resources, and no longer once revoked [7.2.1-b]', () => {
    const net = new TestNetwork(crypto);
    const agent = withAgent(net);
    expect(check(net, net.sign(agent, 'Transfer', TO_PROVIDER))).toBe(0);
    expect(check(net, net.sign(agent, 'EndAgreement', { agreement: 1n, reason: 'done' }))).toBe(codes.KEY_NOT_ALLOWED);
    expect(net.run(agent, 'Transfer', { to: 1n, amountMicro: 10n }).code).toBe(0);
    expect(net.run(agent, 'Transfer', TO_PROVIDER).code).toBe(205);
    net.block([], 60_000n);
    expect(check(net, net.sign(agent, 'Transfer', TO_PROVIDER))).toBe(codes.KEY_EXPIRED);
    net.run(net.customer, 'RevokeKey', { revokedKey: 1n });
    expect(check(net, net.sign(agent, 'Transfer', TO_PROVIDER))).toBe(codes.KEY_REVOKED);
    expect(net.run(agent, 'Transfer', TO_PROVIDER).code).toBe(codes.KEY_REVOKED);
  });

  test('a key limited to resources serves those and their agreements only', () => {
    const net = new TestNetwork(crypto);
    net.publish();
    net.run(net.provider, 'PublishResource', net.publishArgs({ sourceId: 'birds' }));
    const limited = person(41, crypto, 1n, 2n);
    const scope = { label: 'b', methods: ['SuspendResource', 'EndAgreement'], resources: [2n], spendingCapMicro: 0n };
    net.run(net.provider, 'AuthorizeKey', { ...net.keyOffer(limited, 1n), ...scope, expiresAtMs: net.nowMs + 60_000n });
    net.run(net.customer, 'Apply', net.applyArgs());
    const reason = 'owner-decision';
    expect(check(net, net.sign(limited, 'SuspendResource', { resource: 1n, reason }))).toBe(codes.KEY_NOT_ALLOWED);
    expect(check(net, net.sign(limited, 'EndAgreement', { agreement: 1n, reason: 'withdrawn' }))).toBe(
      codes.KEY_NOT_ALLOWED,
    );
    expect(check(net, net.sign(limited, 'EndAgreement', { agreement: 9n, reason: 'withdrawn' }))).toBe(
      codes.KEY_NOT_ALLOWED,
    );
    expect(check(net, net.sign(limited, 'SuspendResource', { resource: 2n, reason }))).toBe(0);
  });

  test('nonces come in any order within the window, each once, failures included', () => {
    const net = new TestNetwork(crypto);
    const at = (nonce: bigint, amountMicro = 1n) =>
      net.sign(net.customer, 'Transfer', { to: 1n, amountMicro }, { nonce });
    expect(net.block([at(7n), at(3n), at(0n)]).transactions.map((item) => item.code)).toEqual([0, 0, 0]);
    expect(check(net, at(3n, 2n))).toBe(codes.NONCE_USED);
    expect(net.query('nonce', { account: 2n, key: 0n })).toEqual({ next: 8n });
    expect(check(net, at(8n + 1_024n))).toBe(codes.NONCE_TOO_FAR);
    expect(net.block([at(5n, 1n << 62n)]).transactions[0]!.code).toBe(204);
    expect(check(net, at(5n))).toBe(codes.NONCE_USED);
    expect(net.block([at(8n + 1_023n)]).transactions[0]!.code).toBe(0);
    expect(check(net, at(1n))).toBe(codes.NONCE_USED);
    expect(check(net, at(9n))).toBe(0);
  });

  test('two transactions on one nonce: the second waits for nothing', () => {
    const net = new TestNetwork(crypto);
    const first = net.sign(net.customer, 'Transfer', TO_PROVIDER, { nonce: 4n });
    const second = net.sign(net.customer, 'Transfer', { to: 1n, amountMicro: 2n }, { nonce: 4n });
    expect(check(net, first)).toBe(0);
    expect(check(net, second)).toBe(codes.NONCE_USED);
    expect(net.machine.prepareProposal([first, second], context(net))).toEqual([first]);
    expect(net.block([first, second]).transactions.map((item) => item.code)).toEqual([0, codes.NONCE_USED]);
  });

  test('at most 64 of one account wait; a block makes room', () => {
    const net = new TestNetwork(crypto);
    const many = Array.from({ length: WAITING_PER_ACCOUNT_MAX + 1 }, () =>
      net.sign(net.customer, 'Transfer', TO_PROVIDER),
    );
    expect(many.map((bytes) => check(net, bytes))).toEqual([...Array<number>(64).fill(0), codes.TOO_MANY_WAITING]);
    expect(check(net, net.sign(net.provider, 'Transfer', { to: 2n, amountMicro: 1n }))).toBe(0);
    net.block(many.slice(0, 1));
    expect(check(net, many[64]!)).toBe(0);
  });

  test('what an account asks for while as many of it wait as may is refused without a look at its signature [8.2.1-a]', () => {
    let recovered = 0;
    const counting: typeof crypto = {
      ...crypto,
      recover: (...args) => {
        recovered += 1;
        return crypto.recover(...args);
      },
    };
    const net = new TestNetwork(counting);
    const many = Array.from({ length: WAITING_PER_ACCOUNT_MAX + 20 }, () =>
      net.sign(net.customer, 'Transfer', TO_PROVIDER),
    );
    const before = recovered;
    for (const bytes of many) check(net, bytes);
    expect(recovered - before).toBe(WAITING_PER_ACCOUNT_MAX);
    expect(check(net, many[WAITING_PER_ACCOUNT_MAX - 1]!)).toBe(0);
    // A number that the state refuses, too: used, or far ahead.
    net.block(many.slice(0, 1));
    const [used, far] = [0n, 5_000n].map((nonce) =>
      net.sign(net.customer, 'Transfer', { to: 1n, amountMicro: 3n }, { nonce }),
    );
    const then = recovered;
    expect([check(net, used!), check(net, far!)]).toEqual([codes.NONCE_USED, codes.NONCE_TOO_FAR]);
    expect(recovered).toBe(then);
  });

  test('a waiting transaction that a recheck refuses gives its place back', () => {
    const net = new TestNetwork(crypto);
    const bytes = net.sign(net.customer, 'Transfer', TO_PROVIDER, { validUntilMs: net.nowMs + 5n });
    expect(check(net, bytes)).toBe(0);
    net.block();
    expect(net.machine.checkTx(bytes, { nowMs: net.nowMs, recheck: true }).code).toBe(codes.EXPIRED);
  });

  test('a quota of transactions and bytes per epoch, larger for roles beyond the customer', () => {
    const net = new TestNetwork(crypto, { transactionsPerEpochMax: 2n, epochMs: 60_000n });
    const many = Array.from({ length: 3 }, () => net.sign(net.customer, 'Transfer', TO_PROVIDER));
    expect(net.machine.prepareProposal(many, context(net))).toHaveLength(2);
    expect(net.block(many).transactions.map((item) => item.code)).toEqual([0, 0, codes.QUOTA_EXCEEDED]);
    expect(check(net, net.sign(net.customer, 'Transfer', TO_PROVIDER))).toBe(codes.QUOTA_EXCEEDED);
    const provider = Array.from({ length: 9 }, () => net.sign(net.provider, 'Transfer', { to: 2n, amountMicro: 1n }));
    expect(net.block(provider).transactions.map((item) => item.code)).toEqual([
      ...Array<number>(8).fill(0),
      codes.QUOTA_EXCEEDED,
    ]);
    net.block([], 60_000n);
    expect(check(net, net.sign(net.customer, 'Transfer', TO_PROVIDER))).toBe(0);
  });

  test('bytes count as well', () => {
    const net = new TestNetwork(crypto, { bytesPerEpochMax: 16_384n });
    const label = 'x'.repeat(60);
    const methods = Array.from({ length: 1_400 }, () => 'Transfer');
    const big = () =>
      net.sign(net.customer, 'AuthorizeKey', {
        keyAddress: filled(1).slice(0, 20),
        proof: new Uint8Array(65),
        label,
        methods,
        resources: [],
        spendingCapMicro: 0n,
        expiresAtMs: 0n,
      });
    expect(net.block([big(), big()]).transactions.map((item) => item.code)).toEqual([105, codes.QUOTA_EXCEEDED]);
  });

  test('account creations are limited per epoch over everybody', () => {
    const net = new TestNetwork(crypto, { createPerEpochMax: 2n });
    const create = (seed: number) => net.create(person(seed, crypto));
    expect(net.block([create(60), create(60), create(61), create(62)]).transactions.map((item) => item.code)).toEqual([
      0,
      101,
      0,
      codes.QUOTA_EXCEEDED,
    ]);
    expect(check(net, create(63))).toBe(codes.QUOTA_EXCEEDED);
    expect(check(net, create(60))).toBe(101);
  });

  test('a proposal holds no more creations than the epoch has left: those that would fail cost nobody anything', () => {
    const net = new TestNetwork(crypto, { createPerEpochMax: 3n });
    const create = (seed: number) => net.create(person(seed, crypto));
    net.block([create(60)]);
    const waiting = [61, 62, 63, 64].map(create);
    expect(net.machine.prepareProposal(waiting, context(net))).toEqual(waiting.slice(0, 2));
  });

  test('a creation that the contract would refuse is kept out: it has no nonce to use up', () => {
    const net = new TestNetwork(crypto);
    const bytes = net.create(person(60, crypto), { encryptionKey: filled(0) });
    expect(check(net, bytes)).toBe(110);
    expect(net.machine.prepareProposal([bytes], context(net))).toEqual([]);
    expect(net.block([bytes]).transactions.map((item) => item.code)).toEqual([110]);
  });

  test('a proposal holds no more applications than their results have room for; the others wait', () => {
    const net = new TestNetwork(crypto);
    const many = Array.from({ length: 258 }, () => net.sign(net.customer, 'Apply', net.applyArgs()));
    const transfer = net.sign(net.provider, 'Transfer', { to: 2n, amountMicro: 1n });
    const chosen = net.machine.prepareProposal([...many, transfer], context(net));
    expect(chosen).toEqual([...many.slice(0, 256), transfer]);
  });

  test('an order of more parts than the results of a block have room for is chosen and refused, so that it does not wait in everybody’s way', () => {
    const net = new TestNetwork(crypto);
    const nothing = part({ durationMs: 0n, choices: [], amounts: [], holdMicro: 0n });
    const bytes = net.sign(net.customer, 'PlaceOrder', orderArgs(Array.from({ length: 300 }, () => nothing)));
    expect(check(net, bytes)).toBe(0);
    expect(net.machine.prepareProposal([bytes], context(net))).toEqual([bytes]);
    expect(net.block([bytes]).transactions).toMatchObject([{ code: 525, events: [] }]);
  });

  test('an order counts as many applications as it has parts; one that has no room waits, and a smaller one goes first', () => {
    const net = new TestNetwork(crypto);
    const order = (count: number) =>
      net.sign(net.customer, 'PlaceOrder', orderArgs(Array.from({ length: count }, () => part())));
    const large = Array.from({ length: 16 }, () => order(16));
    const [last, more] = [order(16), order(1)];
    expect(net.machine.prepareProposal([...large, last, more], context(net))).toEqual(large);
    expect(net.machine.prepareProposal([...large.slice(1), order(15), last, more], context(net))).toHaveLength(17);
  });

  test('a creation whose address has no room beside those that begin like it is kept out, by checkTx and by every proposal', () => {
    const net = new TestNetwork(crypto);
    const stranger = person(60, crypto);
    const bytes = net.create(stranger);
    // Addresses that share their first eight bytes: nobody can make 16 of them, so the state is put together by hand.
    const neighbours = (count: number) =>
      Array.from({ length: count }, (_, index) => {
        const address = stranger.address.slice();
        address[19] = address[19]! ^ (index + 1);
        return { address, account: 1n, key: BigInt(index + 1) };
      });
    const restoreWith = (count: number) => {
      const store = new Store(crypto);
      writeGenesis(store, net.genesis, crypto);
      store.write(accountTables.addresses, bucketOf(stranger.address), neighbours(count));
      store.seal();
      store.commit();
      const state = { height: 1n, timeMs: net.nowMs, trie: store.trie, frontier: EMPTY_FRONTIER };
      expect(net.machine.restore(wholeSnapshot({ height: 1n, slices: snapshotSlices(state, crypto) }))).toBe(true);
    };
    restoreWith(ADDRESS_BUCKET_MAX);
    expect(check(net, bytes)).toBe(101);
    expect(net.machine.prepareProposal([bytes], context(net))).toEqual([]);
    expect(net.block([bytes]).transactions).toMatchObject([{ code: 101, events: [] }]);
    restoreWith(ADDRESS_BUCKET_MAX - 1);
    expect(check(net, bytes)).toBe(0);
    expect(net.machine.prepareProposal([bytes], context(net))).toEqual([bytes]);
    expect(net.block([bytes]).transactions).toMatchObject([{ code: 0 }]);
    expect(check(net, bytes)).toBe(101);
  });

  test('an over-full proposal is refused, and none is made', () => {
    const net = new TestNetwork(crypto);
    const many = Array.from({ length: 10 }, () => net.sign(net.customer, 'Transfer', TO_PROVIDER));
    const bytesMax = many[0]!.length * 4;
    const chosen = net.machine.prepareProposal(many, { ...context(net), bytesMax });
    expect(chosen).toHaveLength(4);
    expect(net.machine.processProposal(many, { ...context(net), bytesMax })).toBe(false);
    expect(net.machine.processProposal(chosen, { ...context(net), bytesMax })).toBe(true);
  });
});
