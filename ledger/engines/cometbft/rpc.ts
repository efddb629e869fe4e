import { Comet38Client, HttpClient } from '@cosmjs/tendermint-rpc';
import { NIL_BLOCK_ID, type BlockId } from '#ledger/core/block-id.ts';
import { ABSENT_SIGNATURE, FOR_BLOCK, FOR_NIL, type Commit, type CommitSignature } from '#ledger/core/commit.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { Header } from '#ledger/core/header.ts';
import { nanoseconds } from '#ledger/core/time.ts';
import { validatorSet, type ValidatorSet } from '#ledger/core/validator-set.ts';

/** A node that does not answer within this time is away for the caller. */
const TIMEOUT_MS = 5_000;
/** Most validators on one page of CometBFT's answer, and more than a set may have here. */
const PER_PAGE = 100;

export interface SignedHeader {
  readonly header: Header;
  readonly commit: Commit;
}

/** What a broadcast ended in: admitted or refused by CheckTx, known already, no room, or nobody there. */
export type Broadcast =
  | { readonly kind: 'checked'; readonly code: number }
  | { readonly kind: 'known' }
  | { readonly kind: 'full' }
  | { readonly kind: 'away' };

/** What the ledger process asks its own CometBFT node by RPC; blocks themselves come through ABCI. */
export interface NodeRpc {
  broadcast(bytes: Uint8Array): Promise<Broadcast>;
  /** Header and commit of a height, the newest when none is given; undefined when the node is away or has none. */
  signedHeader(height?: bigint): Promise<SignedHeader | undefined>;
  /** How many transactions wait in the node's mempool; undefined when it is away. */
  waiting(): Promise<number | undefined>;
  /** The set of a height; undefined when the node is away or has none. */
  validators(height: bigint): Promise<ValidatorSet | undefined>;
}

type RpcCommit = Awaited<ReturnType<Comet38Client['commit']>>;
type RpcDate = RpcCommit['header']['time'];

function timeNsOf(date: RpcDate): bigint {
  return nanoseconds(BigInt(date.getTime())) + BigInt(date.nanoseconds ?? 0);
}

function blockIdOf(id: RpcCommit['commit']['blockId'] | null): BlockId {
  return id === null ? NIL_BLOCK_ID : { hash: id.hash, parts: { total: id.parts.total, hash: id.parts.hash } };
}

function headerOf(header: RpcCommit['header']): Header {
  const { version, chainId, height, time, lastBlockId, proposerAddress, ...hashes } = header;
  const { lastCommitHash, dataHash, validatorsHash, nextValidatorsHash, consensusHash } = hashes;
  const { appHash, lastResultsHash, evidenceHash } = hashes;
  return {
    version: { block: BigInt(version.block), app: BigInt(version.app) },
    chainId,
    height: BigInt(height),
    timeNs: timeNsOf(time),
    lastBlockId: blockIdOf(lastBlockId),
    lastCommitHash,
    dataHash,
    validatorsHash,
    nextValidatorsHash,
    consensusHash,
    appHash,
    lastResultsHash,
    evidenceHash,
    proposer: proposerAddress,
  };
}

function signatureOf(entry: RpcCommit['commit']['signatures'][number]): CommitSignature {
  const { blockIdFlag: flag, validatorAddress, timestamp, signature } = entry;
  const isThere = validatorAddress !== undefined && timestamp !== undefined && signature !== undefined;
  // BlockIDFlag: 1 absent, 2 for the block, 3 for nil; the RPC client's enumeration has the same numbers.
  if (!isThere || (Number(flag) !== FOR_BLOCK && Number(flag) !== FOR_NIL)) return ABSENT_SIGNATURE;
  return {
    flag: Number(flag) === FOR_BLOCK ? FOR_BLOCK : FOR_NIL,
    validator: validatorAddress,
    timeNs: timeNsOf(timestamp),
    signature,
  };
}

function commitOf({ height, round, blockId, signatures }: RpcCommit['commit']): Commit {
  return { height: BigInt(height), round, blockId: blockIdOf(blockId), signatures: signatures.map(signatureOf) };
}

/** Words of CometBFT's mempool errors (mempool/errors.go); the RPC gives no code of its own for them. */
const KNOWN = /tx already exists in cache/;
const FULL = /mempool is full|tx too large/i;

/** `url` is CometBFT's RPC on loopback, such as http://127.0.0.1:26657. */
export function openNodeRpc(url: string, crypto: Pick<Crypto, 'sha256'>): NodeRpc {
  const client = Comet38Client.create(new HttpClient(url, TIMEOUT_MS));
  const attempt = async <Value>(ask: () => Promise<Value>): Promise<Value | undefined> => {
    try {
      return await ask();
    } catch {
      return undefined;
    }
  };
  return {
    broadcast: async (bytes) => {
      try {
        return { kind: 'checked', code: (await client.broadcastTxSync({ tx: bytes })).code };
      } catch (error) {
        const message = error instanceof Error ? error.message : '';
        if (KNOWN.test(message)) return { kind: 'known' };
        return { kind: FULL.test(message) ? 'full' : 'away' };
      }
    },
    signedHeader: (height) =>
      attempt(async () => {
        const { header, commit } = await client.commit(height === undefined ? undefined : Number(height));
        return { header: headerOf(header), commit: commitOf(commit) };
      }),
    waiting: () => attempt(async () => (await client.numUnconfirmedTxs()).total),
    validators: (height) =>
      attempt(async () => {
        const { validators } = await client.validators({ height: Number(height), per_page: PER_PAGE });
        const members = validators.map(({ pubkey, votingPower }) => ({
          publicKey: pubkey?.data ?? new Uint8Array(0),
          power: votingPower,
        }));
        return validatorSet(members, crypto);
      }),
  };
}
