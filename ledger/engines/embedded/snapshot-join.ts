import type { Application } from '#ledger/abci/application.ts';
import { CHUNK_BYTES_MAX, readManifest, type Manifest } from '#ledger/abci/snapshot.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { StoredSnapshot } from '#ledger/storage/snapshot-store.ts';
import type { Network } from './network.ts';
import { readOrigin, type Origin } from './origin.ts';
import type { PeerMessage } from './peer-message.ts';

/** How long a peer may take to hand over the next part before another one is asked. */
export const PART_MS = 5_000;

/** A snapshot that is whole and whose state is the decided one, with the bytes that show it. */
export interface JoinedSnapshot {
  readonly snapshot: StoredSnapshot;
  readonly origin: Uint8Array;
  /** Up to here the own key may have voted already, in a folder that was lost. */
  readonly followUntilHeight: bigint;
}

export interface SnapshotJoinParts {
  readonly network: Network;
  readonly crypto: Crypto;
  /** A validator with a block of its own goes on from there. */
  readonly ownHeight: () => bigint;
  /** Fewer blocks than this are fetched one by one. */
  readonly behindMin: bigint;
  readonly createApplication: () => Application;
  /** Those that are linked. */
  readonly peers: () => readonly number[];
  readonly after: (delayMs: number, action: () => void) => () => void;
  readonly send: (peer: number, message: PeerMessage) => void;
  /** Takes the snapshot over in place of everything: whoever asked for it has ended when this returns. */
  readonly adopt: (joined: JoinedSnapshot) => void;
  /** Nobody has a snapshot that holds: what the peers claimed is block sync's matter now. */
  readonly givenUp: (claims: ReadonlyMap<number, bigint>) => void;
}

/**
 * How a validator joins without the blocks before (7.2.2-d): one peer after the other is asked for its newest snapshot, and none is
 * believed. What a peer hands over must follow from the founders, chunk by chunk and as a whole; else the next one is asked, and when none
 * is left the blocks are fetched.
 */
export interface SnapshotJoin {
  /** A peer claims to have decided this height; false when that is block sync's matter. */
  noteDecided(peer: number, height: bigint): boolean;
  receive(peer: number, message: Extract<PeerMessage, { kind: 'snapshot' | 'chunk' }>): void;
  forget(peer: number): void;
  isUnderWay(): boolean;
  stop(): void;
}

interface Offer {
  readonly origin: Origin;
  readonly originBytes: Uint8Array;
  readonly manifest: Manifest;
  /** With the chunks that have come, in order. */
  readonly snapshot: StoredSnapshot & { readonly chunks: Uint8Array[] };
}

/** The offer that the bytes make; undefined when nothing, or something else than a decided state, is behind them. */
function readOffer(
  { manifest: manifestBytes, origin: originBytes }: { readonly manifest: Uint8Array; readonly origin: Uint8Array },
  { network, crypto }: SnapshotJoinParts,
): Offer | undefined {
  const manifest = readManifest(manifestBytes);
  const origin = readOrigin(originBytes, network, crypto);
  if (manifest === undefined || origin === undefined || manifest.height !== origin.height) return undefined;
  const snapshot = { height: manifest.height, manifest: manifestBytes, chunks: [] };
  return { origin, originBytes, manifest, snapshot };
}

function isNextChunk({ manifest, snapshot }: Offer, bytes: Uint8Array, crypto: Crypto): boolean {
  const expected = manifest.chunks[snapshot.chunks.length];
  return expected !== undefined && bytes.length <= CHUNK_BYTES_MAX && equal(crypto.sha256(bytes), expected);
}

/** The snapshot is whole and its state is the one whose app hash more than two thirds have signed. */
function isDecidedState({ origin, manifest, snapshot }: Offer, { createApplication }: SnapshotJoinParts): boolean {
  const application = createApplication();
  if (!application.restore(snapshot)) return false;
  const { height, appHash } = application.info();
  // Height and time are not under the app hash (abci/README.md): the block says what they are.
  const { timeMs } = origin.chainWith(manifest.frontier);
  return height === origin.height && manifest.timeMs === timeMs && equal(appHash, origin.appHash);
}

/**
 * Highest height that is being decided. A third of the peers may lie, so the highest claims of so many do not count; of the others one
 * decided at least the height before the last, or there was no quorum for that.
 */
function inProgress(claims: ReadonlyMap<number, bigint>, peers: number): bigint {
  const heights = [...claims.values()].sort((a, b) => (a > b ? -1 : 1));
  return (heights[Math.floor(peers / 3)] ?? 0n) + 2n;
}

export function createSnapshotJoin(parts: SnapshotJoinParts): SnapshotJoin {
  const claims = new Map<number, bigint>();
  const tried = new Set<number>();
  let phase: 'before' | 'under-way' | 'over' = 'before';
  let asked: number | undefined;
  let offer: Offer | undefined;
  let cancel = (): void => undefined;

  const within = (action: () => void): void => {
    cancel();
    cancel = parts.after(PART_MS, action);
  };
  const ask = (peer: number, message: PeerMessage): void => {
    within(tryNext);
    parts.send(peer, message);
  };
  const stop = (): void => {
    cancel();
    asked = undefined;
    phase = 'over';
  };
  const giveUp = (): void => {
    stop();
    parts.givenUp(claims);
  };
  function tryNext(): void {
    offer = undefined;
    asked = [...claims.keys()].find((peer) => !tried.has(peer));
    if (asked !== undefined) {
      tried.add(asked);
      return ask(asked, { kind: 'snapshot-request' });
    }
    // Somebody who is linked may not have spoken yet.
    if (parts.peers().some((peer) => !tried.has(peer))) within(giveUp);
    else giveUp();
  }
  const goOn = (peer: number, from: Offer): void => {
    const { manifest, snapshot, originBytes: origin } = from;
    const { height, chunks } = snapshot;
    if (chunks.length < manifest.chunks.length)
      return ask(peer, { kind: 'chunk-request', height, index: chunks.length });
    if (!isDecidedState(from, parts)) return tryNext();
    stop();
    parts.adopt({ snapshot, origin, followUntilHeight: inProgress(claims, parts.peers().length) });
  };

  return {
    noteDecided: (peer, height) => {
      if (phase === 'over' || parts.ownHeight() > 0n || (phase === 'before' && height < parts.behindMin)) return false;
      if (height > (claims.get(peer) ?? 0n)) claims.set(peer, height);
      phase = 'under-way';
      if (asked === undefined && !tried.has(peer)) tryNext();
      return true;
    },
    receive: (peer, message) => {
      if (asked !== peer || (message.kind === 'snapshot' && offer !== undefined)) return;
      if (message.kind === 'snapshot') {
        offer = message.offer && readOffer(message.offer, parts);
        return offer === undefined ? tryNext() : goOn(peer, offer);
      }
      if (message.height !== offer?.snapshot.height || message.index !== offer.snapshot.chunks.length) return;
      if (!isNextChunk(offer, message.bytes, parts.crypto)) return tryNext();
      offer.snapshot.chunks.push(message.bytes);
      goOn(peer, offer);
    },
    forget: (peer) => {
      claims.delete(peer);
      if (asked === peer) tryNext();
    },
    isUnderWay: () => phase === 'under-way',
    stop,
  };
}
