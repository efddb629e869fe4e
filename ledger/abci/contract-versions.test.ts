import { describe, expect, test } from 'vitest';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { implementations, type Implementations } from '#ledger/contracts/registry.ts';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { versionDigest } from '#ledger/contracts/shared/version-digest.ts';
import { LEAST_MICRO, token2Definition, withToken2 } from '#ledger/contracts/testing/token-2.ts';
import { tokenCodes } from '#ledger/contracts/token/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { Halt } from '#ledger/core/halt.ts';
import { decodeLeaf } from '#ledger/core/receipt.ts';
import type { FinalizedBlock } from './application.ts';
import { Machine } from './machine.ts';
import { wholeSnapshot } from './snapshot.ts';
import { TestNetwork, filled } from './testing/test-network.ts';

const EPOCH_MS = 600_000n;
const DIGEST = versionDigest(token2Definition, crypto);
const LESS = LEAST_MICRO - 1n;

/** Node providers decide version 2 of token; it is in force two epochs after the vote. */
function decided(known: Implementations = withToken2, digest = DIGEST): TestNetwork {
  const net = new TestNetwork(crypto, {}, known);
  const args = { contractName: 'token', newVersion: 2n, digest };
  const { data } = net.run(net.nodes[0]!, 'ProposeContractVersion', args);
  net.pass((data as { proposal: bigint }).proposal);
  return net;
}

/** A machine of this program that has executed the blocks, by the order in which the embedded engine or CometBFT calls. */
function replayed(net: TestNetwork, known: Implementations, { asCometbft = false } = {}): Machine {
  const machine = new Machine(net.genesis, crypto, known);
  machine.initChain();
  for (const block of net.blocks) execute(machine, block, { asCometbft });
  return machine;
}

function execute(machine: Machine, block: TestNetwork['blocks'][number], { asCometbft = false } = {}): FinalizedBlock {
  const { transactions, context } = block;
  if (asCometbft) {
    // CometBFT asks for a proposal, has it judged, and delivers again what was delivered before a crash.
    const proposed = machine.prepareProposal(transactions, context);
    expect(machine.processProposal(proposed, context)).toBe(true);
    machine.finalizeBlock([], { ...context, timeMs: context.timeMs + 1n });
  }
  const done = machine.finalizeBlock(transactions, context);
  machine.commit();
  return done;
}

const versionsOf = (net: TestNetwork, name = 'token') =>
  (net.query('contracts') as { name: string }[]).find((contract) => contract.name === name);

/** The scheduled block, and one transfer below the new rule before it, in it and after it. */
function lived(net: TestNetwork): { before: FinalizedBlock; at: FinalizedBlock; after: FinalizedBlock } {
  const activatesAtMs = net.nowMs + 2n * EPOCH_MS;
  const less = () => [net.sign(net.customer, 'Transfer', { to: 1n, amountMicro: LESS })];
  net.block([], activatesAtMs - 2n - net.nowMs);
  const before = net.block(less(), 1n);
  const at = net.block(less(), 1n);
  const after = net.block([...less(), net.sign(net.customer, 'Transfer', { to: 1n, amountMicro: LEAST_MICRO })]);
  return { before, at, after };
}

describe('contract versions', () => {
  test('until its block the version before decides, and all of that block is by the new one; events say by which [6.2.1-b] [7.2.2-d]', () => {
    const net = decided();
    const activatesAtMs = net.nowMs + 2n * EPOCH_MS;
    expect(net.last?.nextDueMs).toBe(activatesAtMs);
    const { before, at, after } = lived(net);
    expect(before.due).toEqual([]);
    expect(before.transactions).toMatchObject([{ code: 0, events: [{ type: 'TokensTransferred', version: 1n }] }]);
    const { height } = net.blocks.at(-2)!.context;
    const activated = {
      contractName: 'token',
      newVersion: 2n,
      digest: DIGEST,
      proposal: 1n,
      height,
      atMs: activatesAtMs,
    };
    expect(at.due).toMatchObject([
      { code: 0, events: [{ type: 'ContractVersionActivated', version: 1n, ...activated }] },
    ]);
    expect(decodeLeaf(at.due[0]!.leaf)).toMatchObject({ value: { subject: { kind: 'activate-version', id: 1n } } });
    expect(at.transactions).toMatchObject([{ code: tokenCodes.AMOUNT_INVALID, events: [] }]);
    expect(after.due).toEqual([]);
    expect(after.nextDueMs).toBeUndefined();
    expect(after.transactions).toMatchObject([
      { code: tokenCodes.AMOUNT_INVALID },
      { code: 0, events: [{ type: 'TokensTransferred', version: 2n }] },
    ]);
    expect(brokenInvariants(net.machine.committed)).toEqual([]);
  });

  test('what other contracts move by it is recorded by the version in force too', () => {
    const net = decided();
    lived(net);
    net.publish();
    const applied = net.run(net.customer, 'Apply', net.applyArgs());
    const held = applied.events.find(({ type }) => type === 'TokensHeld');
    expect(held).toMatchObject({ contract: 'token', version: 2n });
    expect(applied.events.find(({ contract }) => contract === 'agreement')).toMatchObject({ version: 1n });
    net.block([], 10_000n);
    expect(net.last?.due.flatMap(({ events }) => events).find(({ type }) => type === 'HoldSettled')).toMatchObject({
      version: 2n,
    });
    expect(brokenInvariants(net.machine.committed)).toEqual([]);
  });

  test('replay from genesis, by either engine’s order of calls, and a restore after the change reach one app hash [8.3.1-a]', () => {
    const net = decided();
    lived(net);
    for (const asCometbft of [false, true]) {
      const machine = replayed(net, withToken2, { asCometbft });
      expect(machine.info()).toEqual(net.machine.info());
      const restored = new Machine(net.genesis, crypto, withToken2);
      expect(restored.restore(wholeSnapshot(machine.snapshot()))).toBe(true);
      const again = net.block([net.sign(net.customer, 'Transfer', { to: 1n, amountMicro: LESS })]);
      expect(again.transactions).toMatchObject([{ code: tokenCodes.AMOUNT_INVALID }]);
      expect(execute(restored, net.blocks.at(-1)!, { asCometbft }).appHash).toEqual(again.appHash);
    }
  });

  test('a block that was executed and not committed changes no version', () => {
    const net = decided();
    const { timeMs, height } = net.blocks.at(-1)!.context;
    const context = { ...net.blocks.at(-1)!.context, height: height + 1n };
    const later = net.machine.finalizeBlock([], { ...context, timeMs: timeMs + 2n * EPOCH_MS });
    expect(later.due).toHaveLength(1);
    expect(versionsOf(net)).toMatchObject({ version: 1n, since: null });
    const less = net.sign(net.customer, 'Transfer', { to: 1n, amountMicro: LESS });
    const sooner = net.machine.finalizeBlock([less], { ...context, timeMs: timeMs + 1n });
    expect(sooner).toMatchObject({ due: [], transactions: [{ code: 0 }] });
  });

  test('a program without the version, or with another under its number, halts before that block; replaced, it reaches the same app hash [8.2.1-a]', () => {
    const net = decided();
    lived(net);
    const [at, after] = net.blocks.slice(-2);
    const other = { ...withToken2.token[1]!, definition: { ...token2Definition, revision: 'another' } };
    const lacking: [Implementations, RegExp][] = [
      [implementations, /which this program does not have/],
      [{ ...withToken2, token: [withToken2.token[0]!, other] }, /has another digest, [0-9a-f]{64}/],
    ];
    for (const [known, why] of lacking) {
      const machine = new Machine(net.genesis, crypto, known);
      machine.initChain();
      for (const block of net.blocks.slice(0, -2)) execute(machine, block);
      const before = machine.info();
      const halting = () => machine.finalizeBlock(at!.transactions, at!.context);
      expect(halting).toThrow(Halt);
      expect(halting).toThrow(`Block ${at!.context.height} is to be executed by version 2 of the contract token`);
      expect(halting).toThrow(toHex(DIGEST));
      expect(halting).toThrow(why);
      expect(halting).toThrow(/install the release that has this version and start again/);
      expect(machine.info()).toEqual(before);
      const snapshot = wholeSnapshot(machine.snapshot());
      const upgraded = new Machine(net.genesis, crypto, withToken2);
      expect(upgraded.restore(snapshot)).toBe(true);
      for (const block of [at!, after!]) execute(upgraded, block);
      expect(upgraded.info()).toEqual(net.machine.info());
    }
  });

  test('a program that lacks a version in force does not go on from a snapshot that has it', () => {
    const net = decided();
    lived(net);
    const restored = new Machine(net.genesis, crypto);
    expect(restored.restore(wholeSnapshot(net.machine.snapshot()))).toBe(true);
    net.block();
    const { transactions, context } = net.blocks.at(-1)!;
    expect(() => restored.finalizeBlock(transactions, context)).toThrow(Halt);
  });

  test('a method that only the new version has is unknown until its block, by the code of a program that never heard of it', () => {
    const [founding, second] = withToken2.token;
    const none = { ...founding!, definition: { ...founding!.definition, methods: {} } };
    const net = decided({ ...withToken2, token: [none, second!] });
    const bytes = net.sign(net.customer, 'Transfer', { to: 1n, amountMicro: LEAST_MICRO });
    const check = () => net.machine.checkTx(bytes, { nowMs: net.nowMs, recheck: false });
    const context = { ...net.blocks.at(-1)!.context, height: net.machine.info().height + 1n };
    expect(check()).toEqual({ code: admissionCodes.METHOD_UNKNOWN });
    expect(net.machine.prepareProposal([bytes], context)).toEqual([]);
    expect(net.machine.processProposal([bytes], context)).toBe(false);
    const refused = net.block([bytes]).transactions[0]!;
    expect(refused).toMatchObject({ code: admissionCodes.METHOD_UNKNOWN, events: [] });
    expect(decodeLeaf(refused.leaf)).toMatchObject({ value: { subject: crypto.sha256(bytes) } });
    net.block([], 2n * EPOCH_MS);
    const later = net.sign(net.customer, 'Transfer', { to: 1n, amountMicro: LEAST_MICRO }, { nonce: 0n });
    expect(net.machine.processProposal([later], { ...context, timeMs: net.nowMs })).toBe(true);
    expect(net.block([later]).transactions[0]).toMatchObject({ code: 0 });
  });

  test('a later vote for the same version takes the place of what was scheduled, two epochs after itself', () => {
    const net = decided(withToken2, filled(66));
    expect(versionsOf(net)).toMatchObject({ scheduled: { digest: filled(66), isHeld: false } });
    net.block([], EPOCH_MS);
    net.run(net.nodes[0]!, 'ProposeContractVersion', { contractName: 'token', newVersion: 2n, digest: DIGEST });
    net.pass(2n);
    const activatesAtMs = net.nowMs + 2n * EPOCH_MS;
    const scheduled = { version: 2n, digest: DIGEST, proposal: 2n, activatesAtMs, isHeld: true };
    expect(versionsOf(net)).toMatchObject({ version: 1n, since: null, scheduled });
    expect(net.block([], EPOCH_MS)).toMatchObject({ due: [], nextDueMs: activatesAtMs });
    expect(net.block([], EPOCH_MS).due).toHaveLength(1);
  });

  test('pages are told what is in force, what is scheduled, and what this program has', () => {
    const net = decided();
    const held = [{ version: 1n }, { version: 2n, digest: DIGEST, revision: token2Definition.revision }];
    expect(versionsOf(net)).toMatchObject({ id: 2n, version: 1n, since: null, held });
    const { at } = lived(net);
    const since = { height: net.blocks.at(-2)!.context.height, atMs: net.blocks.at(-2)!.context.timeMs, proposal: 1n };
    expect(at.due).toHaveLength(1);
    expect(versionsOf(net)).toMatchObject({ version: 2n, digest: DIGEST, since, scheduled: null });
    expect(versionsOf(net, 'node')).toMatchObject({ version: 1n, scheduled: null, held: [{ version: 1n }] });
  });

  test('a chain on which nobody decided a version keeps no record of any', () => {
    const net = new TestNetwork(crypto);
    net.publish();
    const { value } = net.query('record', { contract: 7n, table: 5n, id: 0n }) as { value: unknown };
    expect(value).toBeNull();
  });
});
