import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admissionCodes } from '#ledger/abci/codes.ts';
import { equal, toHex } from '#ledger/core/bytes.ts';
import type { CommittedBlock, SubmitResult, TransactionOutcome } from '#ledger/core/committed.ts';
import { anchorFromJson, anchorOf, anchorToJson, type Anchor } from '#ledger/core/genesis.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { verifyHead } from '#ledger/verify/head.ts';
import { verifyReceipt } from '#ledger/verify/receipt.ts';
import type { Engine } from './engine.ts';
import { nativeCrypto } from './native-crypto.ts';
import type { LedgerHome, Member } from './testing/ledger-home.ts';

const OUTCOME_MS = 20_000;
/** Several times what a decision takes. */
const NO_OUTCOME_MS = 1_500;

/** The validator that genesis does not name. */
const FIFTH = 4;
/** Transactions until something must have shown. */
const TURNS_MAX = 50;

export interface EngineUnderTest {
  readonly ledger: LedgerHome;
  /** A new engine on the same home; the one before has been stopped. Not started. */
  open(): Engine;
  /** Stops one validator of the newest engine, whatever that is there: a thread, a process. Never validator 0. */
  stopValidator(index: number): Promise<void>;
  /**
   * Starts it again; it may catch up after this resolves. FIFTH is the validator with the key `ledger.fifth`, which has never run: its
   * first start sets it up.
   */
  startValidator(index: number): Promise<void>;
  close(): Promise<void>;
}

/** The engine under test, opened again where a test stops it, and what the tests do with it. */
interface Suite {
  under: EngineUnderTest;
  engine: Engine;
  readonly alice: Member;
  readonly bob: Member;
  /** Submits and waits for the outcome. */
  decide(bytes: Uint8Array): Promise<{ admitted: SubmitResult; outcome: TransactionOutcome | undefined }>;
  /** Blocks from a height up to the first one that `until` holds for. */
  blocksFrom(from: bigint, until: (block: CommittedBlock) => boolean): Promise<CommittedBlock[]>;
}

function createSuite(under: EngineUnderTest): Suite {
  const [alice, bob] = under.ledger.members as [Member, Member];
  const suite: Suite = {
    under,
    engine: under.open(),
    alice,
    bob,
    decide: async (bytes) => {
      const admitted = await suite.engine.submit(bytes);
      if (!admitted.ok) return { admitted, outcome: undefined };
      return { admitted, outcome: await suite.engine.outcome(admitted.txId, OUTCOME_MS) };
    },
    blocksFrom: (from, until) =>
      new Promise((resolve) => {
        const blocks: CommittedBlock[] = [];
        const end = suite.engine.subscribe(from, async (block) => {
          blocks.push(block);
          if (!until(block)) return;
          end();
          resolve(blocks);
        });
      }),
  };
  return suite;
}

/** What every engine must do, through the port alone; each engine's test file runs it. Needs eight members in the ledger. */
export function engineConformance(name: string, setUp: () => Promise<EngineUnderTest>): void {
  describe(`engine: ${name}`, () => {
    let suite: Suite;
    beforeAll(async () => {
      suite = createSuite(await setUp());
      await suite.engine.start();
    }, 60_000);
    afterAll(async () => {
      await suite.engine.stop();
      await suite.under.close();
    }, 60_000);
    testTransactions(() => suite);
    testReaders(() => suite);
    testValidators(() => suite);
    testChanges(() => suite);
    testRestart(() => suite);
  });
}

/** Admission, decision, refusal, each transaction once. */
function testTransactions(given: () => Suite): void {
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

/** Outcomes, subscriptions, receipts and heads. */
function testReaders(given: () => Suite): void {
  test('an unknown transaction has no outcome when the time is up, an unknown path no answer', async () => {
    const suite = given();
    expect(await suite.engine.outcome(new Uint8Array(32).fill(9), 50)).toBeUndefined();
    expect(await suite.engine.query('no-such-path', {})).toMatchObject({ ok: false });
    expect(await suite.engine.receipt(10n ** 12n)).toBeUndefined();
  });

  test('hands every block to a subscriber once and in order, events and all, from any height [8.3.1-a]', async () => {
    const suite = given();
    const { outcome } = await suite.decide(suite.under.ledger.transfer(suite.bob, suite.alice, 3n));
    const height = outcome?.height ?? 0n;
    const all = await suite.blocksFrom(1n, (block) => block.height >= height);
    expect(all.map((block) => block.height)).toEqual(all.map((_, index) => BigInt(index + 1)));
    const items = all.flatMap((block) => block.items);
    expect(items.map((item) => item.logIndex)).toEqual(items.map((_, index) => BigInt(index)));
    const item = all
      .at(-1)
      ?.items.find((each) => toHex(each.txId ?? new Uint8Array(0)) === toHex(outcome?.txId ?? new Uint8Array(1)));
    expect(item?.events[0]?.payload).toMatchObject({ contract: 'token' });
    const again = await suite.blocksFrom(height, () => true);
    expect(again[0]).toEqual(all.at(-1));
  });

  test('gives receipts and heads that verify offline against the anchor of genesis, for every item [8.2.1-a]', async () => {
    const suite = given();
    const { outcome } = await suite.decide(suite.under.ledger.transfer(suite.alice, suite.bob, 2n));
    const height = outcome?.height ?? 0n;
    const blocks = await suite.blocksFrom(1n, (block) => block.height > height);
    const anchor = anchorOf(suite.under.ledger.genesis, nativeCrypto);
    for (const item of blocks.flatMap((block) => block.items)) {
      const receipt = await suite.engine.receipt(item.logIndex);
      const verdict = verifyReceipt(receipt, anchor, nativeCrypto);
      expect(verdict.steps.filter((step) => !step.ok)).toEqual([]);
      expect(verdict.authenticated).toBe(true);
    }
    const head = verifyHead(await suite.engine.head(), anchor, nativeCrypto);
    expect(head.ok).toBe(true);
  });
}

/** Validators that stop and start. */
function testValidators(given: () => Suite): void {
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

/** Decides transfers until a block of `height` or above fulfils `until`. */
async function playUntil(
  suite: Suite,
  height: bigint,
  until: (block: CommittedBlock) => boolean,
): Promise<CommittedBlock> {
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const { outcome } = await suite.decide(suite.under.ledger.transfer(suite.alice, suite.bob));
    expect(outcome).toMatchObject({ code: 0 });
    const [block] = await suite.blocksFrom(outcome?.height ?? 0n, () => true);
    if (block !== undefined && block.height >= height && until(block)) return block;
  }
  throw new Error(`After ${TURNS_MAX} transfers no block from height ${height} on was as expected.`);
}

/** Whether the commit that a block carries has a place for this validator, and its signature. */
function placeIn(block: CommittedBlock, publicKey: Uint8Array): 'none' | 'missed' | 'signed' {
  const address = validatorAddress(publicKey, nativeCrypto);
  const signer = block.signers.find((each) => equal(each.address, address));
  if (signer === undefined) return 'none';
  return signer.signed ? 'signed' : 'missed';
}

/** Every receipt so far, and the sentence of the last one's trail. */
async function verifyAll(suite: Suite, upTo: bigint): Promise<string | undefined> {
  const anchor = anchorOf(suite.under.ledger.genesis, nativeCrypto);
  const blocks = await suite.blocksFrom(1n, (block) => block.height > upTo);
  let trail: string | undefined;
  for (const item of blocks.filter(({ height }) => height <= upTo).flatMap(({ items }) => items)) {
    const verdict = verifyReceipt(await suite.engine.receipt(item.logIndex), anchor, nativeCrypto);
    expect(verdict.steps.filter((step) => !step.ok)).toEqual([]);
    expect(verdict.authenticated).toBe(true);
    trail = verdict.steps.find(({ name }) => name === 'trail')?.sentence;
  }
  return trail;
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
function testChanges(given: () => Suite): void {
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
      const admitted = await blockOfChange(suite, await pass(suite, under.ledger.proposeFifth(alice)), 1n);
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
      await verifyFrom(suite, { checkpoint: checkpoint!, newest: after, oldest: old! });
    },
  );
}

/** The whole engine. */
function testRestart(given: () => Suite): void {
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
