import { toHex, u64 } from '#ledger/core/bytes.ts';
import type { CommittedBlock, ExecutedItem, LedgerEvent } from '#ledger/core/committed.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import type { SignedTransaction } from '#ledger/core/transaction.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import type { ContractEvent, MethodName } from '#ledger/contracts/definitions.ts';
import { GENESIS_TIME, bytes, sampleGenesis } from './sample-genesis.ts';

export type Payload = ContractEvent extends infer Event
  ? Event extends ContractEvent
    ? Omit<Event, 'version'>
    : never
  : never;

export interface SampleItem {
  due?: boolean;
  code?: number;
  /** What was signed; without it the transaction's bytes cannot be read. */
  signed?: { method: MethodName; account: bigint; args: SignedTransaction['transaction']['args'] };
  events: Payload[];
}

export const blockHash = (height: bigint, branch = 0): Uint8Array =>
  bytes(32, Number((height + BigInt(branch) * 100n) % 256n));

const signedTransactions = new Map<string, SignedTransaction>();

/** Bytes that stand for what was signed; `readSampleTransaction` reads them. */
function transactionBytes(logIndex: bigint, signed: SampleItem['signed']): Uint8Array {
  if (signed === undefined) return bytes(4, 0xff);
  const key = u64(logIndex);
  const header = { key: 0n, nonce: logIndex, validUntilMs: GENESIS_TIME };
  signedTransactions.set(toHex(key), {
    transaction: { ...signed, ...header },
    network: bytes(32, 9),
    signature: bytes(65, 0),
  });
  return key;
}

/** Reads the bytes of a sample block's transaction; undefined where nothing was said of what was signed. */
export function readSampleTransaction(read: Uint8Array): SignedTransaction | undefined {
  return signedTransactions.get(toHex(read));
}

/** Block of the items, due work first; log indexes count on from `firstLogIndex`. */
export function sampleBlock(height: bigint, firstLogIndex: bigint, items: readonly SampleItem[]): CommittedBlock {
  const next = { 0: 0, 1: 0 };
  const executed = items.map((item, position): ExecutedItem => {
    const phase = item.due === true ? 0 : 1;
    const index = next[phase]++;
    const logIndex = firstLogIndex + BigInt(position);
    const events = item.events.map((payload, sequence): LedgerEvent => ({
      phase,
      index,
      sequence,
      payload: { ...payload, version: 1n } as unknown as LedgerEvent['payload'],
    }));
    const txId = bytes(32, Number(logIndex % 100n) + 150);
    const transaction = phase === 1 ? { txId, bytes: transactionBytes(logIndex, item.signed) } : {};
    return { ...transaction, code: item.code ?? 0, data: null, events, logIndex };
  });
  return {
    height,
    hash: blockHash(height),
    timeMs: GENESIS_TIME + height * 1_000n,
    proposer: bytes(20, 0xa1),
    // The block after an even one had a second attempt behind it, so that a round in the wrong row shows.
    lastRound: height > 1n && height % 2n === 1n ? 1 : 0,
    appHash: bytes(32, 0xb0),
    stateRoot: bytes(32, 0xb1),
    signers: sampleGenesis.validators.map(({ publicKey }, index) => ({
      address: validatorAddress(publicKey, nobleCrypto),
      signed: index !== 3,
    })),
    evidence: 0,
    items: executed,
  } as CommittedBlock;
}
