import { setTimeout as delay } from 'node:timers/promises';
import type { Application } from '#ledger/abci/application.ts';
import { equal } from '#ledger/core/bytes.ts';
import type {
  CommittedBlock,
  EngineFigures,
  SubmitResult,
  TransactionOutcome,
  ValidatorStatus,
} from '#ledger/core/committed.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { genesisHash, type Genesis } from '#ledger/core/genesis.ts';
import { milliseconds } from '#ledger/core/time.ts';
import type { TypedDataTypes } from '#ledger/core/typed-data.ts';
import { equalPowerSet, type ValidatorSet } from '#ledger/core/validator-set.ts';
import { createBlockFeed, type BlockFeed } from '#ledger/engines/block-feed.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { executedItems } from '#ledger/engines/executed-items.ts';
import { createHoldOff, type HoldOff } from '#ledger/engines/hold-off.ts';
import { createOutcomes, type Outcomes } from '#ledger/engines/outcomes.ts';
import type { Disk } from '#ledger/storage/disk.ts';
import { createAbciApplication } from './abci-application.ts';
import { openAbciServer, type AbciServer } from './abci-server.ts';
import { openNodeFiles, RECORDS, type AppliedBlock, type NodeFiles } from './node-files.ts';
import { headOf, receiptOf, type ReceiptSource } from './receipts.ts';
import { openNodeRpc, type NodeRpc } from './rpc.ts';

/** The set is asked for again after this long: it changes once an epoch at most. */
const VALIDATORS_KEPT_MS = 2_000;
const VALIDATORS_WAIT_MS = 500;
/** Four idle blocks and a half. */
const STILL_MS = 45_000;

export interface CometbftOptions {
  /** The node's home, which the caller has locked: genesis.json stands there, and what the application keeps. */
  readonly home: string;
  /** Unix socket at which CometBFT's `proxy_app` finds the application. */
  readonly abciSocket: string;
  /** CometBFT's RPC, on loopback. */
  readonly rpcUrl: string;
  readonly genesis: Genesis;
  readonly disk: Disk;
  readonly crypto: Crypto;
  readonly createApplication: () => Application;
  readonly methodTypes: Readonly<Record<string, TypedDataTypes>>;
  readonly segmentBytes?: number;
  readonly snapshotHeights: number;
  /** Heights that CometBFT may forget its blocks behind; undefined keeps all. */
  readonly retainHeights?: bigint;
  readonly unavailable: number;
  /** Sentences for people: repairs, peers that do not speak the protocol. */
  readonly notice: (sentence: string) => void;
  /** The application cannot go on: the process should end and say so. */
  readonly failed: (sentence: string) => void;
}

interface Node {
  readonly options: CometbftOptions;
  readonly network: Uint8Array;
  readonly files: NodeFiles;
  readonly rpc: NodeRpc;
  readonly feed: BlockFeed;
  readonly outcomes: Outcomes;
  readonly holdOff: HoldOff;
  readonly source: ReceiptSource;
  server: AbciServer | undefined;
  connections: number;
  isStopped: boolean;
  /** The application does not fit its node: nothing more is answered. */
  isFailed: boolean;
  last: AppliedBlock | undefined;
  /** When it was applied, or this process began. */
  lastAtMs: number;
  /** The set that the node told last: when by this process's own clock, and of which height. */
  known: { readonly atMs: number; readonly height: bigint; readonly set: ValidatorSet };
  refreshing: Promise<void> | undefined;
}

function committedBlock({ block, record }: AppliedBlock): CommittedBlock {
  const { height, hash, timeNs, proposer, signers, evidence, transactions } = block;
  const { appHash } = record;
  const items = executedItems(record, transactions);
  return {
    height,
    hash,
    timeMs: milliseconds(timeNs),
    proposer,
    lastRound: block.lastRound,
    appHash,
    signers,
    evidence,
    items,
  };
}

function findOutcome(files: NodeFiles, txId: Uint8Array): TransactionOutcome | undefined {
  for (const height of files.candidates(txId)) {
    const item = files.read(height)?.record.transactions.find((each) => each.txId && equal(each.txId, txId));
    if (item !== undefined) return { txId, height, code: item.code, data: item.data };
  }
  return undefined;
}

/**
 * Asked of the own application first: CometBFT keeps what it has seen in a cache, and would answer a transaction that was decided long
 * ago as if it had it still. What passes goes to the node, which asks the application again and tells the others.
 */
async function submit(node: Node, bytes: Uint8Array): Promise<SubmitResult> {
  const { options, files, rpc, holdOff } = node;
  if (node.isFailed || node.isStopped || node.connections === 0) return { ok: false, code: options.unavailable };
  const held = holdOff.answer();
  if (held !== undefined) return held;
  const { code, txId } = files.application().checkTx(bytes, { nowMs: BigInt(Date.now()), recheck: true });
  if (code !== 0 || txId === undefined) return { ok: false, code };
  const answer = await rpc.broadcast(bytes);
  if (answer.kind === 'known') return { ok: true, txId };
  if (answer.kind === 'full') return holdOff.begin();
  if (answer.kind !== 'checked') return { ok: false, code: options.unavailable };
  return answer.code === 0 ? { ok: true, txId } : { ok: false, code: answer.code };
}

/** Asks the node for the newest set, once at a time. */
function refreshMembers(node: Node): Promise<void> {
  const { rpc, feed } = node;
  const height = feed.height() < 1n ? 1n : feed.height();
  node.refreshing ??= rpc.validators(height).then((set) => {
    node.known = { atMs: performance.now(), height, set: set ?? node.known.set };
    node.refreshing = undefined;
  });
  return node.refreshing;
}

/** Told a while ago, or of a height before the last change was in force, which it is two heights after the block that decided it. */
function isStale({ known, files, feed, refreshing }: Node): boolean {
  const decided = files.changes().at(-1);
  const isReplaced = decided !== undefined && known.height < decided + 2n && decided + 2n <= feed.height();
  return refreshing !== undefined || isReplaced || performance.now() - known.atMs >= VALIDATORS_KEPT_MS;
}

/**
 * Members of the newest set that the node has told; that of genesis before it has told any. Who asks waits a moment at most: a stopped
 * node must not make this process look stopped too.
 */
async function membersOf(node: Node): Promise<ValidatorSet> {
  if (isStale(node) && node.connections > 0) await Promise.race([refreshMembers(node), delay(VALIDATORS_WAIT_MS)]);
  return node.known.set;
}

async function validatorsOf(node: Node): Promise<readonly ValidatorStatus[]> {
  const set = await membersOf(node);
  const height = node.feed.height();
  const votes = node.last?.block.signers ?? [];
  // Where no block comes nobody is known to run, whoever signed the last one.
  const isStill = performance.now() - node.lastAtMs > STILL_MS;
  return set.validators.map(({ address, publicKey }) => {
    // One that has just joined, and block 1, have no precommit to show yet.
    const vote = votes.find((each) => equal(each.address, address));
    const state = isStill || node.connections === 0 || vote?.signed === false ? 'silent' : 'running';
    return { address, publicKey, state, height, round: node.last?.block.lastRound ?? 0 };
  });
}

/** The journal is the application's own; what CometBFT keeps, its own metrics tell. */
async function figuresOf({ files, rpc, isFailed, connections }: Node): Promise<EngineFigures> {
  const isAway = isFailed || connections === 0;
  const waiting = isAway ? undefined : await Promise.race([rpc.waiting(), delay(VALIDATORS_WAIT_MS, undefined)]);
  const { dueItems, dueBacklog, stateRecords } = files.application().figures(BigInt(Date.now()));
  return {
    waiting: waiting ?? null,
    dueItems,
    dueBacklog,
    stateRecords,
    journals: [{ name: RECORDS, bytes: files.bytes() }],
  };
}

function openNode(options: CometbftOptions): Node {
  const { home, genesis, crypto, rpcUrl, methodTypes } = options;
  const network = genesisHash(genesis, crypto);
  const rpc = openNodeRpc(rpcUrl, crypto);
  const set = equalPowerSet(
    genesis.validators.map(({ publicKey }) => publicKey),
    crypto,
  );
  /** What fails ends the node: a record that cannot be read back must not seem to be nothing but missing. */
  const guarded = <Value>(action: () => Value): Value | undefined => {
    try {
      return action();
    } catch (error) {
      fail(node, error);
      return undefined;
    }
  };
  // A turn of the event loop for each action: requests that wait come first.
  const later = (action: () => void): void => void setImmediate(() => guarded(action));
  const files = openNodeFiles({ ...options, home, network, later });
  const feed = createBlockFeed({
    read: async (height) =>
      guarded(() => {
        const applied = files.read(height);
        return applied && committedBlock(applied);
      }),
    firstHeight: () => files.base() + 1n,
  });
  feed.advance(files.height());
  for (const note of files.notes) options.notice(note);
  const node: Node = {
    options,
    network,
    files,
    rpc,
    feed,
    outcomes: createOutcomes(async (txId) => guarded(() => findOutcome(files, txId))),
    holdOff: createHoldOff(options.unavailable),
    source: { network, files, rpc, crypto, methodTypes, trails: new Map() },
    server: undefined,
    connections: 0,
    isStopped: false,
    isFailed: false,
    last: files.read(files.height()),
    lastAtMs: performance.now(),
    known: { atMs: Number.NEGATIVE_INFINITY, height: 0n, set },
    refreshing: undefined,
  };
  return node;
}

function fail(node: Node, error: unknown): void {
  if (node.isFailed) return;
  node.isFailed = true;
  node.options.failed(error instanceof Error ? error.message : 'The application met a defect and stopped.');
}

async function start(node: Node): Promise<void> {
  const { options, files } = node;
  const answer = createAbciApplication({
    files,
    genesis: options.genesis,
    crypto: options.crypto,
    nowMs: () => BigInt(Date.now()),
    retainHeights: options.retainHeights,
    committed: (applied) => {
      const { height } = applied.block;
      node.last = applied;
      node.lastAtMs = performance.now();
      node.outcomes.keep(
        applied.record.transactions.flatMap(({ txId, code, data }) => (txId ? [{ txId, height, code, data }] : [])),
      );
      node.feed.advance(height);
    },
  });
  node.server = await openAbciServer({
    socketPath: options.abciSocket,
    answer,
    failed: (error) => fail(node, error),
    notice: options.notice,
    connected: (count) => {
      // The node's mempool is empty when it has started anew, so nothing that it had admitted waits any more.
      if (node.connections === 0 && count > 0) files.application().forgetWaiting();
      node.connections = count;
    },
  });
}

async function stop(node: Node): Promise<void> {
  if (node.isStopped) return;
  node.isStopped = true;
  await node.server?.close();
  node.feed.stop();
  node.files.close();
}

const CONTROL_SENTENCE =
  'This ledger runs on CometBFT: its validators are processes of their own, on their own machines; stop and start them there.';

/** The application beside one CometBFT node. The node and the other members decide; this process executes, remembers and answers. */
export function createCometbftEngine(options: CometbftOptions): Engine {
  let opened: Node | undefined;
  const node = (): Node => {
    if (opened === undefined) throw new Error('the engine is started before it is asked');
    return opened;
  };
  return {
    start: async () => {
      opened = openNode(options);
      await start(opened);
    },
    stop: async () => {
      if (opened !== undefined) await stop(opened);
    },
    submit: (bytes) => submit(node(), bytes),
    outcome: (txId, timeoutMs) => node().outcomes.wait(txId, timeoutMs),
    query: async (path, args) => {
      if (node().isFailed) return { ok: false, code: options.unavailable };
      return node().files.application().query(path, args);
    },
    receipt: (logIndex, fromHeight = 1n) => receiptOf(node().source, { logIndex, fromHeight }),
    head: (fromHeight = 1n) => headOf(node().source, fromHeight),
    subscribe: (fromHeight, onBlock) => node().feed.subscribe(fromHeight, onBlock),
    status: async () => ({
      engine: 'cometbft',
      height: node().feed.height(),
      firstHeight: node().files.base() + 1n,
      network: node().network,
      validators: await validatorsOf(node()),
      troubles: node().isFailed ? ['This node has stopped: its log says why.'] : [],
    }),
    figures: () => figuresOf(node()),
    control: async () => ({ ok: false, sentence: CONTROL_SENTENCE }),
  };
}
