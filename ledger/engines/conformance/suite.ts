import { expect } from 'vitest';
import { equal } from '#ledger/core/bytes.ts';
import type { CommittedBlock, SubmitResult, TransactionOutcome } from '#ledger/core/committed.ts';
import { anchorOf } from '#ledger/core/genesis.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { verifyReceipt, type ReceiptVerdict } from '#ledger/verify/receipt.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import type { LedgerHome, Member } from '#ledger/engines/testing/ledger-home.ts';

export const OUTCOME_MS = 20_000;
/** Several times what a decision takes. */
export const NO_OUTCOME_MS = 1_500;

/** The validator that genesis does not name. */
export const FIFTH = 4;
/** Transactions until something must have shown. */
export const TURNS_MAX = 50;

/** A validator that has joined by a snapshot. */
export interface JoinedValidator {
  /** It has no block up to this height. */
  readonly base: bigint;
  /** What it answers of its own state, nobody else asked. */
  readonly query: Engine['query'];
}

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
  /** Stops a validator, takes everything but its keys and its last vote from it, and starts it; resolves once it has joined by a snapshot. Never validator 0. */
  joinBySnapshot(index: number): Promise<JoinedValidator>;
  /** From now on a validator signs two conflicting votes now and then. Never validator 0. */
  contradict(index: number): Promise<void>;
  close(): Promise<void>;
}

/** The engine under test, opened again where a test stops it, and what the tests do with it. */
export interface Suite {
  under: EngineUnderTest;
  engine: Engine;
  readonly alice: Member;
  readonly bob: Member;
  /** Submits and waits for the outcome. */
  decide(bytes: Uint8Array): Promise<{ admitted: SubmitResult; outcome: TransactionOutcome | undefined }>;
  /** Blocks from a height up to the first one that `until` holds for. */
  blocksFrom(from: bigint, until: (block: CommittedBlock) => boolean): Promise<CommittedBlock[]>;
}

export function createSuite(under: EngineUnderTest): Suite {
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

/** Decides transfers until a block of `height` or above fulfils `until`. */
export async function playUntil(
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
export function placeIn(block: CommittedBlock, publicKey: Uint8Array): 'none' | 'missed' | 'signed' {
  const address = validatorAddress(publicKey, nativeCrypto);
  const signer = block.signers.find((each) => equal(each.address, address));
  if (signer === undefined) return 'none';
  return signer.signed ? 'signed' : 'missed';
}

/** An item's receipt verifies offline against the anchor of genesis. */
export async function verifyItem({ engine, under }: Suite, logIndex: bigint): Promise<ReceiptVerdict> {
  const anchor = anchorOf(under.ledger.genesis, nativeCrypto);
  const verdict = verifyReceipt(await engine.receipt(logIndex), anchor, nativeCrypto);
  expect(verdict.steps.filter((step) => !step.ok)).toEqual([]);
  expect(verdict.authenticated).toBe(true);
  return verdict;
}

/** Every receipt so far, and the sentence of the last one's trail. */
export async function verifyAll(suite: Suite, upTo: bigint): Promise<string | undefined> {
  const blocks = await suite.blocksFrom(1n, (block) => block.height > upTo);
  let trail: string | undefined;
  for (const item of blocks.filter(({ height }) => height <= upTo).flatMap(({ items }) => items)) {
    const verdict = await verifyItem(suite, item.logIndex);
    trail = verdict.steps.find(({ name }) => name === 'trail')?.sentence;
  }
  return trail;
}
