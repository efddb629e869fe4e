import { CheckTxType, type Request, type RequestInitChain, type Response } from 'cosmjs-types/tendermint/abci/types';
import { toHex } from '#ledger/core/bytes.ts';
import { decode, encode } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { chainIdOf, genesisHash, type Genesis } from '#ledger/core/genesis.ts';
import { nanoseconds } from '#ledger/core/time.ts';
import { StorageHalt } from '#ledger/storage/halt.ts';
import { answers, deliveredBlockOf, foundingOf, proposalContextOf } from './abci-mapping.ts';
import type { AppliedBlock, NodeFiles } from './node-files.ts';
import { answerStoreQuery, isStoreQuery } from './store-query.ts';
import { createStateSync, type StateSync } from './state-sync.ts';

/** What InitChain carries as app_state: the name of the network, so that another genesis is refused before anything is written. */
export function appStateOf(network: Uint8Array): string {
  return JSON.stringify({ genesisHash: toHex(network) });
}

export interface AbciApplicationOptions {
  readonly files: NodeFiles;
  readonly genesis: Genesis;
  readonly crypto: Crypto;
  readonly nowMs: () => bigint;
  /** Heights that CometBFT may forget its blocks behind; undefined keeps all, as a node with a portal must. */
  readonly retainHeights?: bigint;
  /** A block was executed and committed. */
  readonly committed: (applied: AppliedBlock) => void;
}

/** The sentence that says how a founding differs from ours; undefined when it is ours. */
function foundingFault(request: RequestInitChain, genesis: Genesis, crypto: Crypto): string | undefined {
  const network = genesisHash(genesis, crypto);
  const { chainId, initialHeight, timeNs, appState, validators } = foundingOf(request);
  const ours = new Set(genesis.validators.map(({ publicKey }) => toHex(publicKey)));
  const areOurs =
    validators.length === ours.size &&
    validators.every(({ publicKey, power }) => ours.has(toHex(publicKey)) && power === 1n);
  if (chainId !== chainIdOf(network)) return `it founds the chain ${chainId}, and genesis.json ${chainIdOf(network)}`;
  // CometBFT hands the JSON value on as it stands in its file, spaces and all.
  if (appState.replaceAll(/\s/g, '') !== appStateOf(network)) return 'its app_state names another network';
  if (initialHeight !== 1n) return `it begins at height ${initialHeight}, and the ledger at 1`;
  if (timeNs !== nanoseconds(genesis.timeMs)) return 'its genesis_time is not that of genesis.json';
  return areOurs ? undefined : 'its validators are not those of genesis.json, with one vote each';
}

/**
 * ABCI 2.0 for one CometBFT node: each request to its answer, over the machine and the log of what it executed. Whatever cannot be
 * answered rightly throws a StorageHalt: CometBFT stops then, and the process ends with the sentence.
 */
export function createAbciApplication(options: AbciApplicationOptions): (request: Request) => Response {
  const { files, genesis, crypto } = options;
  const sync: StateSync = createStateSync(files, crypto);

  const initChain = (request: RequestInitChain): Response => {
    const fault = foundingFault(request, genesis, crypto);
    if (fault !== undefined) throw new StorageHalt(`CometBFT's genesis.json is not this ledger's: ${fault}.`);
    return answers.initChain(files.begin());
  };
  const finalizeBlock = (request: NonNullable<Request['finalizeBlock']>): Response => {
    const block = deliveredBlockOf(request);
    const next = files.height() + 1n;
    if (block.height !== next) {
      throw new StorageHalt(
        `CometBFT delivered block ${block.height} where ${next} was due: its data folder and the application's do not belong together.`,
      );
    }
    return answers.finalizeBlock(files.run(block));
  };
  const commit = (): Response => {
    const applied = files.commit();
    options.committed(applied);
    const { retainHeights } = options;
    const { height } = applied.block;
    if (retainHeights === undefined || height <= retainHeights) return answers.commit(0n);
    // Never above the oldest snapshot: a node that joins by it asks for the blocks after it.
    const oldest = files.snapshots().at(-1) ?? 0n;
    const retain = height - retainHeights;
    return answers.commit(retain < oldest ? retain : oldest);
  };
  const query = (request: NonNullable<Request['query']>): Response => {
    if (isStoreQuery(request)) return answerStoreQuery(files, request, crypto);
    const { path, data } = request;
    const args = data.length === 0 ? undefined : decode(data);
    const answer = files.application().query(path.replace(/^\//, ''), args?.ok === true ? args.value : {});
    const height = files.height();
    return answers.query(answer.ok ? { code: 0, value: encode(answer.value), height } : { code: answer.code, height });
  };

  return (request) => {
    const application = files.application();
    if (request.flush) return answers.flush();
    if (request.checkTx) {
      const recheck = request.checkTx.type === CheckTxType.RECHECK;
      return answers.checkTx(application.checkTx(request.checkTx.tx, { nowMs: options.nowMs(), recheck }).code);
    }
    if (request.prepareProposal) {
      const { txs, maxTxBytes } = request.prepareProposal;
      return answers.prepareProposal(
        application.prepareProposal(txs, proposalContextOf(request.prepareProposal, maxTxBytes)),
      );
    }
    if (request.processProposal) {
      return answers.processProposal(
        application.processProposal(request.processProposal.txs, proposalContextOf(request.processProposal)),
      );
    }
    if (request.finalizeBlock) return finalizeBlock(request.finalizeBlock);
    if (request.commit) return commit();
    if (request.echo) return answers.echo(request.echo.message);
    if (request.info) return answers.info(application.info());
    if (request.initChain) return initChain(request.initChain);
    if (request.query) return query(request.query);
    if (request.listSnapshots) return sync.list();
    if (request.loadSnapshotChunk) return sync.load(request.loadSnapshotChunk);
    if (request.offerSnapshot) return sync.offer(request.offerSnapshot);
    if (request.applySnapshotChunk) return sync.apply(request.applySnapshotChunk);
    throw new StorageHalt(
      'CometBFT asked for vote extensions, which this ledger does not use: check consensus_params of its genesis.',
    );
  };
}
