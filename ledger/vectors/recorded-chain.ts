import type { BlockId } from '#ledger/core/block-id.ts';
import type { Block } from '#ledger/core/block.ts';
import type { Commit, CommitSignature } from '#ledger/core/commit.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import type { Header } from '#ledger/core/header.ts';
import type { ExecutionResult } from '#ledger/core/results.ts';
import { validatorSet, type ValidatorSet } from '#ledger/core/validator-set.ts';
import { foreignVectors } from './foreign.ts';

/** JSON of CometBFT's RPC, as it was recorded. */
interface RpcBlockId {
  hash: string;
  parts: { total: number; hash: string };
}
interface RpcHeader {
  version: { block: string; app?: string };
  chain_id: string;
  height: string;
  time: string;
  last_block_id: RpcBlockId;
  last_commit_hash: string;
  data_hash: string;
  validators_hash: string;
  next_validators_hash: string;
  consensus_hash: string;
  app_hash: string;
  last_results_hash: string;
  evidence_hash: string;
  proposer_address: string;
}
interface RpcCommit {
  height: string;
  round: number;
  block_id: RpcBlockId;
  signatures: { block_id_flag: number; validator_address: string; timestamp: string; signature: string | null }[];
}
interface RpcHeight {
  height: number;
  block: {
    block_id: RpcBlockId;
    block: { header: RpcHeader; data: { txs: string[] }; last_commit: RpcCommit };
  };
  commit: { signed_header: { header: RpcHeader; commit: RpcCommit } };
  validators: { validators: { address: string; pub_key: { value: string }; voting_power: string }[] };
  results: { txs_results: { code: number; data: string | null; gas_wanted: string; gas_used: string }[] | null };
}
interface RpcChain {
  genesis: { consensus_params: { block: { max_bytes: string; max_gas: string } } };
  heights: RpcHeight[];
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const base64 = (text: string | null): Uint8Array => Uint8Array.from(Buffer.from(text ?? '', 'base64'));

/** RFC 3339 with up to nine decimals. */
function timeNs(text: string): bigint {
  const [, seconds, decimals = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(text)!;
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(decimals.padEnd(9, '0'));
}

function blockId(id: RpcBlockId): BlockId {
  return { hash: hex(id.hash), parts: { total: id.parts.total, hash: hex(id.parts.hash) } };
}

function header(rpc: RpcHeader): Header {
  return {
    version: { block: BigInt(rpc.version.block), app: BigInt(rpc.version.app ?? '0') },
    chainId: rpc.chain_id,
    height: BigInt(rpc.height),
    timeNs: timeNs(rpc.time),
    lastBlockId: blockId(rpc.last_block_id),
    lastCommitHash: hex(rpc.last_commit_hash),
    dataHash: hex(rpc.data_hash),
    validatorsHash: hex(rpc.validators_hash),
    nextValidatorsHash: hex(rpc.next_validators_hash),
    consensusHash: hex(rpc.consensus_hash),
    appHash: hex(rpc.app_hash),
    lastResultsHash: hex(rpc.last_results_hash),
    evidenceHash: hex(rpc.evidence_hash),
    proposer: hex(rpc.proposer_address),
  };
}

function commit(rpc: RpcCommit): Commit {
  const signatures = rpc.signatures.map((entry) => ({
    flag: entry.block_id_flag as CommitSignature['flag'],
    validator: hex(entry.validator_address),
    timeNs: timeNs(entry.timestamp),
    signature: base64(entry.signature),
  }));
  return { height: BigInt(rpc.height), round: rpc.round, blockId: blockId(rpc.block_id), signatures };
}

export interface RecordedHeight {
  readonly block: Block;
  readonly blockId: BlockId;
  /** The commit of this very height. */
  readonly commit: Commit;
  readonly validators: ValidatorSet;
  readonly recordedAddresses: readonly Uint8Array[];
  readonly results: readonly ExecutionResult[];
}

export interface RecordedChain {
  readonly blockBytesMax: bigint;
  readonly blockGasMax: bigint;
  readonly heights: readonly RecordedHeight[];
}

/** The recorded CometBFT chain in the ledger's types; undefined where the vectors are missing. */
export function recordedChain(): RecordedChain | undefined {
  const chain = foreignVectors('cometbft-0.40/blocks.json') as RpcChain | undefined;
  if (chain === undefined) return undefined;
  const { max_bytes: bytesMax, max_gas: gasMax } = chain.genesis.consensus_params.block;
  const heights = chain.heights.map(({ block, commit: signed, validators, results }) => ({
    block: {
      header: header(block.block.header),
      transactions: block.block.data.txs.map(base64),
      evidence: [],
      lastCommit: commit(block.block.last_commit),
    },
    blockId: blockId(block.block_id),
    commit: commit(signed.signed_header.commit),
    validators: validatorSet(
      validators.validators.map((one) => ({ publicKey: base64(one.pub_key.value), power: BigInt(one.voting_power) })),
      nobleCrypto,
    ),
    recordedAddresses: validators.validators.map((one) => hex(one.address)),
    results: (results.txs_results ?? []).map((one) => ({
      code: one.code,
      data: base64(one.data),
      gasWanted: BigInt(one.gas_wanted),
      gasUsed: BigInt(one.gas_used),
    })),
  }));
  return { blockBytesMax: BigInt(bytesMax), blockGasMax: BigInt(gasMax), heights };
}
