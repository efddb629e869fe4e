import type { Misbehavior } from '#ledger/abci/application.ts';
import { decode, encode, listOf, type CborValue } from '#ledger/core/codec.ts';
import { milliseconds } from '#ledger/core/time.ts';
import { FRAME_PAYLOAD_BYTES_MAX } from '#ledger/storage/frame.ts';
import type { DecidedBlock } from '#ledger/engines/execution.ts';

/** A decided block as FinalizeBlock brings it: everything that readers hear of it later, and that a replay needs. */
export interface DeliveredBlock {
  readonly height: bigint;
  /** Block hash, 32 bytes. */
  readonly hash: Uint8Array;
  readonly timeNs: bigint;
  /** 20 bytes. */
  readonly proposer: Uint8Array;
  readonly transactions: readonly Uint8Array[];
  /** Duplicate votes alone: other misbehavior is counted in `evidence`. */
  readonly misbehavior: readonly Misbehavior[];
  /** Pieces of evidence of any kind. */
  readonly evidence: number;
  /** Round in which the block before was decided, by this block's last commit. */
  readonly lastRound: number;
  /** The set of the block before, in its order; empty in block 1. */
  readonly signers: readonly { readonly address: Uint8Array; readonly signed: boolean }[];
}

/** What the application executes of it. Contracts know milliseconds. */
export function decidedBlockOf({ height, timeNs, transactions, misbehavior }: DeliveredBlock): DecidedBlock {
  return { height, timeMs: milliseconds(timeNs), transactions, misbehavior };
}

/** Deterministic CBOR, for the journal. */
export function encodeDelivered(block: DeliveredBlock): Uint8Array {
  return encode([
    block.height,
    block.hash,
    block.timeNs,
    block.proposer,
    [...block.transactions],
    block.misbehavior.map(({ validator, height, timeMs }) => [validator, height, timeMs]),
    BigInt(block.evidence),
    BigInt(block.lastRound),
    block.signers.map(({ address, signed }) => [address, signed]),
  ]);
}

function readMisbehavior(value: CborValue): Misbehavior | undefined {
  if (!Array.isArray(value)) return undefined;
  const [validator, height, timeMs] = value as readonly CborValue[];
  if (!(validator instanceof Uint8Array) || typeof height !== 'bigint' || typeof timeMs !== 'bigint') return undefined;
  return { validator, height, timeMs };
}

function readSigner(value: CborValue): DeliveredBlock['signers'][number] | undefined {
  if (!Array.isArray(value)) return undefined;
  const [address, signed] = value as readonly CborValue[];
  return address instanceof Uint8Array && typeof signed === 'boolean' ? { address, signed } : undefined;
}

/** Undefined when the bytes are none that `encodeDelivered` made. */
export function decodeDelivered(bytes: Uint8Array): DeliveredBlock | undefined {
  const decoded = decode(bytes, FRAME_PAYLOAD_BYTES_MAX);
  if (!decoded.ok || !Array.isArray(decoded.value) || decoded.value.length !== 9) return undefined;
  const [height, hash, timeNs, proposer, txs, faults, evidence, lastRound, votes] =
    decoded.value as readonly CborValue[];
  const transactions = listOf(txs, (tx) => (tx instanceof Uint8Array ? tx : undefined));
  const misbehavior = listOf(faults, readMisbehavior);
  const signers = listOf(votes, readSigner);
  if (transactions === undefined || misbehavior === undefined || signers === undefined) return undefined;
  if (typeof height !== 'bigint' || !(hash instanceof Uint8Array) || typeof timeNs !== 'bigint') return undefined;
  if (!(proposer instanceof Uint8Array) || typeof evidence !== 'bigint' || typeof lastRound !== 'bigint')
    return undefined;
  const counts = { evidence: Number(evidence), lastRound: Number(lastRound) };
  return { height, hash, timeNs, proposer, transactions, misbehavior, signers, ...counts };
}
