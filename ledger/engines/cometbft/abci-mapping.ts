import { BlockIDFlag } from 'cosmjs-types/tendermint/types/validator';
import {
  MisbehaviorType,
  Response,
  ResponseProcessProposal_ProposalStatus as ProposalStatus,
  type Event,
  type Misbehavior as AbciMisbehavior,
  type RequestFinalizeBlock,
  type RequestInitChain,
  type RequestPrepareProposal,
  type RequestProcessProposal,
  type ValidatorUpdate as AbciValidatorUpdate,
} from 'cosmjs-types/tendermint/abci/types';
import type { FinalizedItem, Misbehavior, ProposalContext } from '#ledger/abci/application.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { encode, type CborValue } from '#ledger/core/codec.ts';
import type { ProofOp } from '#ledger/core/state-proof.ts';
import { milliseconds, nanoseconds } from '#ledger/core/time.ts';
import { BLOCK_TRANSACTION_BYTES_MAX } from '#ledger/engines/block-limits.ts';
import type { ExecutionRecord } from '#ledger/engines/execution.ts';
import type { DeliveredBlock } from './delivered-block.ts';

/*
 * The one place where CometBFT's protobuf messages (tendermint.abci of 0.38 to 0.40) become our types and back. What enters a hash on
 * every validator is marked D, as in application.ts: the fields of FinalizeBlock's and PrepareProposal's answers that CometBFT hashes.
 */

type Timestamp = { seconds: bigint; nanos: number };

export function nanosecondsOf({ seconds, nanos }: Timestamp): bigint {
  return nanoseconds(seconds * 1_000n) + BigInt(nanos);
}

function misbehaviorOf({ validator, height, time }: AbciMisbehavior): Misbehavior {
  return { validator: validator.address, height, timeMs: milliseconds(nanosecondsOf(time)) };
}

export function deliveredBlockOf(request: RequestFinalizeBlock): DeliveredBlock {
  const { hash, height, txs, misbehavior, decidedLastCommit, proposerAddress } = request;
  return {
    height, // D
    hash, // D
    timeNs: nanosecondsOf(request.time), // D
    proposer: proposerAddress, // D
    transactions: txs, // D
    misbehavior: misbehavior.filter(({ type }) => type === MisbehaviorType.DUPLICATE_VOTE).map(misbehaviorOf), // D
    evidence: misbehavior.length, // D
    lastRound: decidedLastCommit.round, // D
    signers: decidedLastCommit.votes.map(({ validator, blockIdFlag }) => ({
      address: validator.address,
      signed: blockIdFlag === BlockIDFlag.BLOCK_ID_FLAG_COMMIT,
    })), // D
  };
}

/** CometBFT bounds the whole block; the application's own bound on its transactions is the smaller one. */
export function proposalContextOf(
  request: Pick<RequestPrepareProposal | RequestProcessProposal, 'height' | 'time'>,
  maxTxBytes = BigInt(BLOCK_TRANSACTION_BYTES_MAX),
): ProposalContext {
  const bytesMax = Math.min(Number(maxTxBytes), BLOCK_TRANSACTION_BYTES_MAX);
  return { height: request.height, timeMs: milliseconds(nanosecondsOf(request.time)), bytesMax };
}

/** What the founding says: compared with our own genesis before anything is written. */
export function foundingOf(request: RequestInitChain): {
  chainId: string;
  initialHeight: bigint;
  timeNs: bigint;
  appState: string;
  validators: readonly { readonly publicKey: Uint8Array; readonly power: bigint }[];
} {
  const { chainId, initialHeight, time, appStateBytes, validators } = request;
  return {
    chainId,
    initialHeight,
    timeNs: nanosecondsOf(time),
    appState: Buffer.from(appStateBytes).toString('utf8'),
    validators: validators.map(({ pubKey, power }) => ({ publicKey: pubKey.secp256k1 ?? new Uint8Array(0), power })),
  };
}

function validatorUpdate({ publicKey, power }: ExecutionRecord['validatorUpdates'][number]): AbciValidatorUpdate {
  return { pubKey: { secp256k1: publicKey }, power };
}

function attributeValue(value: CborValue): string {
  if (value instanceof Uint8Array) return toHex(value);
  return typeof value === 'object' && value !== null ? toHex(encode(value)) : String(value);
}

/** Bounds what CometBFT stores and sends of one event: the whole of it stands in the ledger process's own log. */
const ATTRIBUTE_CHARACTERS_MAX = 256;

/** `contract.Type` with its plain fields, for those who listen at CometBFT; ids can be searched for there. */
function eventOf(payload: FinalizedItem['events'][number]): Event {
  const { contract, type, ...fields } = payload;
  const attributes = Object.entries(fields).map(([key, value]) => ({
    key,
    value: attributeValue(value).slice(0, ATTRIBUTE_CHARACTERS_MAX),
    index: typeof value === 'bigint',
  }));
  return { type: `${String(contract)}.${String(type)}`, attributes };
}

function eventsOf(items: readonly FinalizedItem[]): Event[] {
  return items.flatMap((item) => item.events.map(eventOf));
}

/** Of the machine's own paths, or of a record of the state: then with its key, and with the proof where that was asked for. */
interface QueryAnswer {
  readonly code: number;
  /** A sentence for the asker. */
  readonly log?: string;
  readonly key?: Uint8Array;
  readonly value?: Uint8Array;
  readonly height: bigint;
  readonly ops?: readonly ProofOp[];
}

/** The answers, each encoded and not yet framed. */
export const answers = {
  exception: (error: string): Response => ({ exception: { error } }),
  echo: (text: string): Response => ({ echo: { message: text } }),
  flush: (): Response => ({ flush: {} }),
  info: (info: { height: bigint; appHash: Uint8Array }): Response => ({
    info: {
      data: 'interpool',
      version: '1',
      appVersion: 1n, // D: version.app of every header
      lastBlockHeight: info.height,
      lastBlockAppHash: info.height === 0n ? new Uint8Array(0) : info.appHash,
    },
  }),
  initChain: (appHash: Uint8Array): Response => ({ initChain: { validators: [], appHash } }),
  checkTx: (code: number): Response => ({
    checkTx: {
      code,
      data: new Uint8Array(0),
      log: '',
      info: '',
      gasWanted: 0n,
      gasUsed: 0n,
      events: [],
      codespace: '',
    },
  }),
  prepareProposal: (txs: readonly Uint8Array[]): Response => ({ prepareProposal: { txs: [...txs] } }),
  processProposal: (isGood: boolean): Response => ({
    processProposal: { status: isGood ? ProposalStatus.ACCEPT : ProposalStatus.REJECT },
  }),
  finalizeBlock: (record: ExecutionRecord): Response => ({
    finalizeBlock: {
      events: eventsOf(record.due),
      txResults: record.transactions.map((item) => ({
        code: item.code, // D
        data: encode(item.data), // D
        log: '',
        info: '',
        gasWanted: 0n, // D
        gasUsed: 0n, // D
        events: eventsOf([item]),
        codespace: '',
      })),
      validatorUpdates: record.validatorUpdates.map(validatorUpdate), // D
      appHash: record.appHash, // D
    },
  }),
  commit: (retainHeight: bigint): Response => ({ commit: { retainHeight } }),
  query: ({ code, log = '', key, value, height, ops }: QueryAnswer): Response => ({
    query: {
      code,
      log,
      info: '',
      index: 0n,
      key: key ?? new Uint8Array(0),
      value: value ?? new Uint8Array(0),
      ...(ops && { proofOps: { ops: [...ops] } }),
      height,
      codespace: code === 0 ? '' : key === undefined ? 'interpool' : 'interpool-store',
    },
  }),
} as const;

export function encodeAnswer(response: Response): Uint8Array {
  return Response.encode(response).finish();
}
