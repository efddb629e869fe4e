import { assert } from '#ledger/core/assert.ts';
import { toHex, utf8 } from '#ledger/core/bytes.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { createCrashingDisk, PowerCut, type CrashingDisk } from '#ledger/storage/testing/crashing-disk.ts';
import { openSnapshotMaker } from '#ledger/engines/snapshot-maker.ts';
import { networkOf, type Network } from '#ledger/engines/embedded/network.ts';
import { decodePeerMessage, type PeerMessage } from '#ledger/engines/embedded/peer-message.ts';
import { createSnapshotSource } from '#ledger/engines/embedded/snapshot-source.ts';
import { createValidator, TIMEOUTS, type Validator } from '#ledger/engines/embedded/validator.ts';
import {
  beginAt,
  clearFollow,
  openFiles,
  type FilesOptions,
  type OpenedFiles,
} from '#ledger/engines/embedded/validator-files.ts';
import { changeOfValidator, createApplication } from './counter-application.ts';

/** Four real validators and more keys that a vote may admit, on virtual time, disks that crash and links that this file delivers; no thread, no clock, no chance but the seed. */

const START_MS = 1_764_000_000_000;
const FOLDER = '/validator';
const EVENTS_MAX = 200_000;
const FOUNDERS = 4;
/** No chain of a test gets so long. */
const NEVER_BEHIND = 1_000_000n;

interface Node {
  disk: CrashingDisk;
  validator: Validator | undefined;
  files: OpenedFiles | undefined;
  /** Counts restarts: events of an earlier life do nothing. */
  life: number;
  /** Why it halted by itself; undefined while it has not. */
  halted: unknown;
}

export interface ClusterOptions {
  readonly crypto: Crypto;
  readonly seed: number;
  readonly segmentBytes?: number;
  /** Heights between two snapshots of a validator; none are made when it is not given. */
  readonly snapshotHeights?: number;
  /** Validators' keys, of which genesis names the first four. */
  readonly keys?: number;
  /** Milliseconds that each validator's clock is ahead (behind when negative). */
  readonly skewMs?: readonly number[];
  /** Fewer blocks than this are fetched one by one where there is a snapshot; without it none joins by a snapshot. */
  readonly behindMin?: bigint;
  /** A Byzantine link: what a validator's outgoing message becomes for a peer. */
  readonly tamper?: (
    from: number,
    to: number,
    message: PeerMessage,
    bytes: Uint8Array,
    network: Network,
  ) => readonly Uint8Array[];
}

export interface Cluster {
  readonly network: Network;
  readonly secretKeys: readonly Uint8Array[];
  readonly nodes: readonly Node[];
  readonly nowMs: () => number;
  start(index: number): void;
  /** What is not synced may be lost or torn; the validator is gone until it is started. */
  crash(index: number): void;
  submit(text: string): void;
  /** Decides whether a key is a member: the counter application takes the transaction's word for it. */
  submitChange(index: number, power: 0n | 1n): void;
  submitBytes(index: number, bytes: Uint8Array): { code: number };
  /** Runs events until `until` holds, or the virtual time is up; answers whether it holds. */
  run(until: () => boolean, forMs: number): boolean;
  height(index: number): bigint;
  filesOptions(index: number): FilesOptions;
  /** Sends raw bytes as if `from` had. */
  inject(from: number, to: number, bytes: Uint8Array): void;
}

function randomFrom(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function createCluster(options: ClusterOptions): Cluster {
  const { crypto, snapshotHeights } = options;
  const random = randomFrom(options.seed);
  const secretKeys = Array.from({ length: options.keys ?? FOUNDERS }, (_, index) =>
    crypto.sha256(utf8(`validator ${index + 1}`)),
  );
  const publicKeys = secretKeys.map((key) => crypto.publicKey(key));
  const addresses = publicKeys.map((key) => toHex(validatorAddress(key, crypto)));
  const founders = publicKeys.slice(0, FOUNDERS);
  const genesis = { hash: crypto.sha256(utf8('cluster')), timeMs: BigInt(START_MS), publicKeys: founders };
  const network = networkOf(genesis, crypto);
  const nodes: Node[] = secretKeys.map(() => ({
    disk: createCrashingDisk(),
    validator: undefined,
    files: undefined,
    life: 0,
    halted: undefined,
  }));
  /** Agreement: height → value, from whoever decided it first, and it must stay so for ever. */
  const decided = new Map<bigint, string>();
  /** No equivocation: what each validator has ever voted, also before a crash. */
  const voted = new Map<string, string>();
  const events: { atMs: number; order: number; run: () => void }[] = [];
  let order = 0;
  let nowMs = START_MS + 1_000;

  const at = (delayMs: number, run: () => void): void => {
    events.push({ atMs: nowMs + delayMs, order: order++, run });
  };
  const nextEvent = (): (typeof events)[number] | undefined => {
    let best = 0;
    for (let index = 1; index < events.length; index += 1) {
      const [a, b] = [events[index]!, events[best]!];
      if (a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)) best = index;
    }
    return events.splice(best, 1)[0];
  };
  const crash = (index: number): void => {
    const node = nodes[index]!;
    node.life += 1;
    node.validator = undefined;
    node.files = undefined;
    node.disk = node.disk.afterCrash(random);
    for (const [other, peer] of nodes.entries()) if (other !== index) peer.validator?.unlinked(index);
  };
  /** Runs code of a validator: a power cut in it is its crash, a halt is remembered. */
  const inside = (index: number, life: number, action: () => void): void => {
    const node = nodes[index]!;
    if (node.life !== life) return;
    try {
      action();
    } catch (error) {
      if (!(error instanceof PowerCut)) node.halted = error;
      crash(index);
    }
  };
  const checkVote = (from: number, message: PeerMessage): void => {
    if (message.kind !== 'vote') return;
    const { vote } = message.signed;
    if (vote.validator !== addresses[from]) return;
    const key = `${from}/${vote.height}/${vote.round}/${vote.kind}`;
    const value = vote.valueId ?? 'nil';
    assert((voted.get(key) ?? value) === value, `validator ${from} voted twice differently: ${key}`);
    voted.set(key, value);
  };
  const deliver = (from: number, to: number, bytes: Uint8Array): void => {
    const { life } = nodes[to]!;
    at(1 + random(3), () => inside(to, life, () => nodes[to]!.validator?.receive(from, bytes)));
  };
  const send = (from: number, to: number, bytes: Uint8Array): void => {
    const message = decodePeerMessage(bytes);
    assert(message !== undefined, 'a validator sends what can be read');
    checkVote(from, message);
    for (const each of options.tamper?.(from, to, message, bytes, network) ?? [bytes]) deliver(from, to, each);
  };
  const filesOptions = (index: number): FilesOptions => ({
    disk: nodes[index]!.disk,
    folder: FOLDER,
    network,
    crypto,
    createApplication: () => createApplication(undefined, crypto),
    segmentBytes: options.segmentBytes ?? 64 * 1024,
  });
  const open = (index: number, life: number): void => {
    const node = nodes[index]!;
    const files = openFiles(filesOptions(index));
    const snapshots = openSnapshotMaker({
      disk: node.disk,
      folder: FOLDER,
      network: network.genesisHash,
      snapshot: () => files.application.snapshot(),
      sync: () => {
        files.log.sync();
        files.log.saveIndex(files.changes);
      },
      later: (action) => at(1, () => inside(index, life, action)),
      notice: () => undefined,
    });
    const validator = createValidator({
      network,
      crypto,
      secretKey: secretKeys[index]!,
      application: files.application,
      log: files.log,
      chain: files.chain,
      origin: files.origin,
      followUntilHeight: files.followUntilHeight,
      timeouts: TIMEOUTS,
      snapshots: createSnapshotSource(node.disk, FOLDER, {
        network,
        crypto,
        log: files.log,
        origin: files.origin,
        methodTypes: {},
        changes: new Map(),
        schedule: () => validator.chain().schedule,
      }),
      joining: {
        behindMin: options.behindMin ?? NEVER_BEHIND,
        createApplication: () => createApplication(undefined, crypto),
        adopt: (joined) => {
          validator.stop();
          files.log.close();
          beginAt(filesOptions(index), joined);
          node.life += 1;
          open(index, node.life);
        },
      },
      nowMs: () => BigInt(nowMs + (options.skewMs?.[index] ?? 0)),
      after: (delayMs, action) => {
        let isCancelled = false;
        at(delayMs, () => inside(index, life, () => (isCancelled ? undefined : action())));
        return () => {
          isCancelled = true;
        };
      },
      checkAhead: (_transactions, done) => done(),
      peers: () => [...nodes.keys()].filter((peer) => peer !== index && nodes[peer]!.validator !== undefined),
      send: (peer, bytes) => send(index, peer, bytes),
      executed: (height, record) => {
        if (record.validatorUpdates.length > 0) files.changes.push(height);
      },
      committed: (height) => {
        const value = files.log.block(height)?.valueId ?? 'none';
        assert((decided.get(height) ?? value) === value, `two blocks were decided at height ${height}`);
        decided.set(height, value);
        if (snapshotHeights !== undefined && height % BigInt(snapshotHeights) === 0n) snapshots.begin();
        if (files.followUntilHeight > 0n && height >= files.followUntilHeight) clearFollow(node.disk, FOLDER);
      },
      progressed: () => undefined,
      tooManyWaiting: 17,
      unavailable: 18,
    });
    node.files = files;
    node.validator = validator;
    validator.restore(files.inputs, files.contents);
    validator.begin();
    for (const [peer, other] of nodes.entries()) {
      if (peer === index || other.validator === undefined) continue;
      validator.linked(peer);
      inside(peer, other.life, () => other.validator?.linked(index));
    }
  };

  const submitToAll = (bytes: Uint8Array): void => {
    for (const [index, node] of nodes.entries()) inside(index, node.life, () => void node.validator?.submit(bytes));
  };

  return {
    network,
    secretKeys,
    nodes,
    nowMs: () => nowMs,
    start: (index) => {
      const { life } = nodes[index]!;
      inside(index, life, () => open(index, life));
    },
    crash,
    submit: (text) => submitToAll(utf8(text)),
    submitChange: (index, power) => submitToAll(changeOfValidator(publicKeys[index]!, power)),
    submitBytes: (index, bytes) => nodes[index]!.validator?.submit(bytes) ?? { code: 18 },
    run: (until, forMs) => {
      const endMs = nowMs + forMs;
      for (let count = 0; count < EVENTS_MAX; count += 1) {
        if (until()) return true;
        const event = nextEvent();
        if (event === undefined || event.atMs > endMs) {
          if (event !== undefined) events.push(event);
          nowMs = Math.max(nowMs, Math.min(endMs, event?.atMs ?? endMs));
          return until();
        }
        nowMs = event.atMs;
        event.run();
      }
      return until();
    },
    height: (index) => nodes[index]!.validator?.chain().height ?? 0n,
    filesOptions,
    inject: (from, to, bytes) => deliver(from, to, bytes),
  };
}
