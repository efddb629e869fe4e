import {
  ResponseApplySnapshotChunk_Result as Applied,
  ResponseOfferSnapshot_Result as Offered,
  type RequestApplySnapshotChunk,
  type RequestLoadSnapshotChunk,
  type RequestOfferSnapshot,
  type Response,
} from 'cosmjs-types/tendermint/abci/types';
import { CHUNK_BYTES_MAX, SNAPSHOT_FORMAT, readManifest } from '#ledger/abci/snapshot.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { NodeFiles } from './node-files.ts';

/** A snapshot on its way in: what was offered, the trusted app hash, and the chunks so far. */
interface Incoming {
  readonly height: bigint;
  readonly manifest: Uint8Array;
  readonly hashes: readonly Uint8Array[];
  readonly appHash: Uint8Array;
  readonly chunks: (Uint8Array | undefined)[];
}

/** ABCI's four snapshot calls: how a node joins without the blocks before (7.2.2-d). Nothing is taken over before all of it fits. */
export interface StateSync {
  list(): Response;
  load(request: RequestLoadSnapshotChunk): Response;
  offer(request: RequestOfferSnapshot): Response;
  apply(request: RequestApplySnapshotChunk): Response;
}

function offered(result: Offered): Response {
  return { offerSnapshot: { result } };
}

function applied(result: Applied, refetchChunks: number[] = [], rejectSenders: string[] = []): Response {
  return { applySnapshotChunk: { result, refetchChunks, rejectSenders } };
}

export function createStateSync(files: NodeFiles, crypto: Crypto): StateSync {
  let incoming: Incoming | undefined;
  return {
    list: () => ({
      listSnapshots: {
        snapshots: files.snapshots().flatMap((height) => {
          const metadata = files.snapshotManifest(height);
          const manifest = metadata && readManifest(metadata);
          if (metadata === undefined || manifest === undefined) return [];
          const hash = crypto.sha256(metadata);
          return [{ height, format: Number(SNAPSHOT_FORMAT), chunks: manifest.chunks.length, hash, metadata }];
        }),
      },
    }),
    load: ({ height, format, chunk }) => {
      const found = BigInt(format) === SNAPSHOT_FORMAT ? files.snapshotChunk(height, chunk) : undefined;
      return { loadSnapshotChunk: { chunk: found ?? new Uint8Array(0) } };
    },
    offer: ({ snapshot, appHash }) => {
      incoming = undefined;
      if (snapshot === undefined) return offered(Offered.REJECT);
      // Without a block of its own: empty, or cut off after an adoption that CometBFT does not remember.
      if (files.height() !== files.base()) return offered(Offered.ABORT);
      if (BigInt(snapshot.format) !== SNAPSHOT_FORMAT) return offered(Offered.REJECT_FORMAT);
      const manifest = readManifest(snapshot.metadata);
      const fits =
        manifest !== undefined &&
        manifest.height === snapshot.height &&
        manifest.chunks.length === snapshot.chunks &&
        equal(crypto.sha256(snapshot.metadata), snapshot.hash);
      if (!fits) return offered(Offered.REJECT);
      const { height, metadata } = snapshot;
      incoming = {
        height,
        manifest: metadata,
        hashes: manifest.chunks,
        appHash,
        chunks: manifest.chunks.map(() => undefined),
      };
      return offered(Offered.ACCEPT);
    },
    apply: ({ index, chunk, sender }) => {
      const expected = incoming?.hashes[index];
      if (incoming === undefined || expected === undefined) return applied(Applied.ABORT);
      if (!equal(crypto.sha256(chunk), expected)) return applied(Applied.RETRY, [index], sender === '' ? [] : [sender]);
      if (chunk.length > CHUNK_BYTES_MAX) {
        // No snapshot of ours has such a chunk, and whoever made this one up could fill the memory with them.
        incoming = undefined;
        return applied(Applied.REJECT_SNAPSHOT);
      }
      incoming.chunks[index] = chunk;
      if (incoming.chunks.some((each) => each === undefined)) return applied(Applied.ACCEPT);
      const { height, manifest, appHash } = incoming;
      const isTaken = files.adopt({ height, manifest, chunks: incoming.chunks as Uint8Array[] }, appHash);
      incoming = undefined;
      return applied(isTaken ? Applied.ACCEPT : Applied.REJECT_SNAPSHOT);
    },
  };
}
