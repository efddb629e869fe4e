import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  Request,
  ResponseApplySnapshotChunk_Result,
  ResponseOfferSnapshot_Result,
} from 'cosmjs-types/tendermint/abci/types';
import { Machine } from '#ledger/abci/machine.ts';
import { CHUNK_BYTES_MAX } from '#ledger/abci/snapshot.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { decode, encode } from '#ledger/core/codec.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { abciSocket, openEngine } from '#ledger/engines/open.ts';
import { finalizeBlockOf, initChainOf, openAbciPeer, type AbciPeer } from '#ledger/engines/testing/abci-peer.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { foreignVectorLines } from '#ledger/vectors/foreign.ts';
import { encodeFrame } from './abci-frames.ts';

/** Nobody listens here: these tests need no CometBFT. */
const NO_RPC = 'http://127.0.0.1:9';
const SNAPSHOT_HEIGHTS = 5;
/** A snapshot is made beside the requests. */
const MADE_MS = 30_000;

let folder: string;
let ledger: LedgerHome;
let timeMs: bigint;

interface Application {
  readonly home: string;
  readonly engine: Engine;
  readonly peer: AbciPeer;
  readonly failures: string[];
  readonly notices: string[];
}
let opened: Application[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-abci-'));
  ledger = makeLedgerHome(join(folder, 'home'), 4, nativeCrypto);
  timeMs = ledger.genesis.timeMs;
});
afterEach(async () => {
  for (const application of opened) await close(application);
  opened = [];
  rmSync(folder, { recursive: true, force: true });
});

async function openApplication(name: string): Promise<Application> {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  const [failures, notices]: [string[], string[]] = [[], []];
  const engine = openEngine({
    engine: 'cometbft',
    home,
    genesis: ledger.genesis,
    rpcUrl: NO_RPC,
    snapshotHeights: SNAPSHOT_HEIGHTS,
    notice: (sentence) => notices.push(sentence),
    failed: (sentence) => failures.push(sentence),
  });
  await engine.start();
  const application = { home, engine, failures, notices, peer: await openAbciPeer(abciSocket(home)) };
  opened.push(application);
  return application;
}

async function close({ engine, peer }: Application): Promise<void> {
  peer.close();
  await engine.stop();
}

async function begin(name = 'node'): Promise<Application> {
  const application = await openApplication(name);
  await application.peer.ask(initChainOf(ledger.genesis, nativeCrypto));
  return application;
}

function transfers(count = 1): Uint8Array[] {
  const [alice, bob] = ledger.members;
  return Array.from({ length: count }, () => ledger.transfer(alice!, bob!, 3n));
}

/** Delivers and commits a block; the app hash in hex. */
async function block({ peer }: Application, height: bigint, transactions: readonly Uint8Array[] = []): Promise<string> {
  timeMs += 10n;
  const answer = await peer.ask(finalizeBlockOf({ height, timeMs, transactions }));
  await peer.ask({ commit: {} });
  return toHex(answer?.finalizeBlock?.appHash ?? new Uint8Array(0));
}

async function infoOf({ peer }: Application): Promise<{ height: bigint; appHash: string } | undefined> {
  const info = (await peer.ask({ info: { version: '', blockVersion: 0n, p2pVersion: 0n, abciVersion: '' } }))?.info;
  return info && { height: info.lastBlockHeight, appHash: toHex(info.lastBlockAppHash) };
}

describe('the application behind ABCI', () => {
  test('begins with our genesis, executes, and commits; an empty block leaves the app hash as it is [7.2.3-a]', async () => {
    const node = await openApplication('node');
    expect(await infoOf(node)).toEqual({ height: 0n, appHash: '' });
    const begun = await node.peer.ask(initChainOf(ledger.genesis, nativeCrypto));
    const machine = new Machine(ledger.genesis, nativeCrypto);
    expect(begun?.initChain?.appHash).toEqual(machine.initChain().appHash);
    const first = await block(node, 1n, transfers(2));
    expect(first).not.toBe(toHex(machine.info().appHash));
    expect(await block(node, 2n)).toBe(first);
    expect(await infoOf(node)).toEqual({ height: 2n, appHash: first });
    const balance = await node.engine.query('balance', { account: 2n });
    expect(balance).toMatchObject({ ok: true, value: { balanceMicro: 1_000_000_006n } });
  });

  test('a crash before the commit leaves the application behind, and the same block gives the same answer again [8.2.1-a]', async () => {
    const node = await begin();
    await block(node, 1n, transfers());
    const delivery = finalizeBlockOf({ height: 2n, timeMs: timeMs + 50n, transactions: transfers() });
    const answer = await node.peer.ask(delivery);
    await close(node);
    const again = await openApplication('node');
    expect((await infoOf(again))?.height).toBe(1n);
    expect(await again.peer.ask(delivery)).toEqual(answer);
    await again.peer.ask({ commit: {} });
    expect((await infoOf(again))?.height).toBe(2n);
  });

  test('a start anew finds every block, through snapshot and journal, and goes on with the same app hash [8.3.1-a]', async () => {
    const node = await begin();
    let appHash = '';
    for (let height = 1n; height <= 12n; height += 1n) appHash = await block(node, height, transfers());
    await close(node);
    const again = await openApplication('node');
    expect(await infoOf(again)).toEqual({ height: 12n, appHash });
    expect(await again.engine.status()).toMatchObject({ engine: 'cometbft', height: 12n, firstHeight: 1n });
    expect(await block(again, 13n)).toBe(appHash);
  });

  test('damage in the journal is named and cut back: the node stands lower and takes the blocks again [8.3.1-a]', async () => {
    const node = await begin();
    const sent: Uint8Array[][] = [];
    const times: bigint[] = [];
    let appHash = '';
    for (let height = 1n; height <= 4n; height += 1n) {
      sent.push(transfers());
      appHash = await block(node, height, sent.at(-1));
      times.push(timeMs);
    }
    await close(node);
    const records = join(node.home, 'application');
    const segment = join(
      records,
      readdirSync(records).find((name) => name.endsWith('.seg'))!,
    );
    const bytes = readFileSync(segment);
    bytes[bytes.length - bytes.toReversed().findIndex((byte) => byte !== 0) - 40]! ^= 1;
    writeFileSync(segment, bytes);
    const again = await openApplication('node');
    expect(again.notices.join(' ')).toMatch(/delivered again/);
    const stands = (await infoOf(again))!.height;
    expect(stands).toBeLessThan(4n);
    for (let height = stands + 1n; height <= 4n; height += 1n) {
      timeMs = times[Number(height) - 1]! - 10n;
      const given = await block(again, height, sent[Number(height) - 1]);
      if (height === 4n) expect(given).toBe(appHash);
    }
  });
});

describe('a founding or a block that is not ours', () => {
  const refusal = async (node: Application, request: Partial<Request>, sentence: RegExp): Promise<void> => {
    const answer = await node.peer.ask(request);
    expect(answer?.exception?.error).toMatch(sentence);
    expect(node.failures).toHaveLength(1);
    expect(node.failures[0]).toMatch(sentence);
    expect(await node.engine.submit(transfers()[0]!)).toMatchObject({ ok: false });
  };

  test('another genesis is refused with what differs, before anything is written', async () => {
    const ours = initChainOf(ledger.genesis, nativeCrypto).initChain!;
    const wrong: [Partial<typeof ours>, RegExp][] = [
      [{ chainId: 'interpool-0000000000000000' }, /founds the chain interpool-0000000000000000/],
      [{ appStateBytes: Buffer.from('{"genesisHash":"00"}') }, /app_state names another network/],
      [{ initialHeight: 5n }, /begins at height 5/],
      [{ time: { seconds: 1n, nanos: 0 } }, /genesis_time/],
      [{ validators: ours.validators.slice(1) }, /validators are not those/],
      [{ validators: ours.validators.map((each) => ({ ...each, power: 10n })) }, /validators are not those/],
    ];
    for (const [at, [change, sentence]] of wrong.entries()) {
      const node = await openApplication(`node-${at}`);
      await refusal(node, { initChain: { ...ours, ...change } }, sentence);
      await close(node);
      const again = await openApplication(`node-${at}`);
      expect((await again.peer.ask(initChainOf(ledger.genesis, nativeCrypto)))?.initChain?.appHash.length).toBe(32);
      expect(await block(again, 1n)).toHaveLength(64);
    }
  });

  test('frames that CometBFT sent to another application are read, and its founding is refused', async () => {
    const lines = foreignVectorLines('cometbft-0.40/abci-frames.jsonl') as
      { kind: string; request: string }[] | undefined;
    if (lines === undefined) return;
    const node = await openApplication('node');
    for (const { kind, request } of lines.filter((line) =>
      ['info', 'flush', 'checkTx', 'processProposal'].includes(line.kind),
    )) {
      const answer = await node.peer.send(encodeFrame(Buffer.from(request, 'hex')));
      expect(answer).toHaveProperty(kind);
    }
    const { request } = lines.find(({ kind }) => kind === 'initChain')!;
    const answer = await node.peer.send(encodeFrame(Buffer.from(request, 'hex')));
    expect(answer?.exception?.error).toMatch(/not this ledger's/);
  });

  test('a block of the wrong height, a second founding and a commit without a block are refused with a sentence', async () => {
    const node = await begin('one');
    await block(node, 1n);
    await refusal(node, finalizeBlockOf({ height: 3n, timeMs, transactions: [] }), /delivered block 3 where 2 was due/);
    const second = await begin('two');
    await block(second, 1n);
    await refusal(second, initChainOf(ledger.genesis, nativeCrypto), /holds a chain already/);
    const third = await begin('three');
    await refusal(third, { commit: {} }, /had not delivered/);
  });
});

describe('a peer that does not speak the protocol', () => {
  test('garbage, oversize and unknown requests close that connection with a sentence; the others go on', async () => {
    const node = await begin();
    const hostile = [
      new Uint8Array(8).fill(0xff),
      Uint8Array.of(0x81, 0x80, 0x80, 0x08),
      encodeFrame(new Uint8Array(0)),
      encodeFrame(Uint8Array.of(0xff, 0xff, 0xff)),
      // InsertTx (21) and ReapTxs (22) of CometBFT's other mempool.
      encodeFrame(Uint8Array.of(0xaa, 0x01, 0x00)),
      encodeFrame(Uint8Array.of(0xb2, 0x01, 0x00)),
    ];
    for (const bytes of hostile) {
      const peer = await openAbciPeer(abciSocket(node.home));
      expect((await peer.send(bytes))?.exception?.error).toMatch(/A message is/);
      expect(await peer.ask({ flush: {} })).toBeUndefined();
    }
    expect(node.notices).toHaveLength(hostile.length);
    expect(node.failures).toEqual([]);
    expect(await node.peer.ask({ echo: { message: 'here' } })).toMatchObject({ echo: { message: 'here' } });
    expect(await block(node, 1n, transfers())).toHaveLength(64);
  });

  test(
    'thousands of altered requests change nothing: what is no block is answered or refused',
    { timeout: 60_000 },
    async () => {
      const node = await begin();
      const appHash = await block(node, 1n, transfers());
      const good = [
        { checkTx: { tx: transfers()[0]!, type: 0 } },
        { query: { path: 'balance', data: Uint8Array.of(0xa0), height: 0n, prove: false } },
        { query: { path: '/store/state/key', data: new Uint8Array(10), height: 1n, prove: true } },
        {
          offerSnapshot: {
            snapshot: { height: 5n, format: 1, chunks: 1, hash: new Uint8Array(32), metadata: new Uint8Array(9) },
            appHash: new Uint8Array(32),
          },
        },
        { loadSnapshotChunk: { height: 5n, format: 1, chunk: 0 } },
        { applySnapshotChunk: { index: 0, chunk: new Uint8Array(5), sender: 'x' } },
      ].map((request) => Request.encode(Request.fromPartial(request)).finish());
      const altered = fc.tuple(fc.constantFrom(...good), fc.nat(), fc.nat(255)).map(([bytes, at, value]) => {
        const copy = Uint8Array.from(bytes);
        // The first byte says which request it is; another kind is another test.
        copy[1 + (at % (copy.length - 1))] = value;
        return copy;
      });
      let peer = await openAbciPeer(abciSocket(node.home));
      for (const bytes of fc.sample(altered, { numRuns: 3_000, seed: 7 })) {
        const answer = await peer.send(encodeFrame(bytes));
        if (answer !== undefined && answer.exception === undefined) continue;
        peer.close();
        peer = await openAbciPeer(abciSocket(node.home));
      }
      peer.close();
      expect(node.failures).toEqual([]);
      expect(await infoOf(node)).toEqual({ height: 1n, appHash });
    },
  );
});

describe('joining by a snapshot', () => {
  /** A node with blocks up to 12 and snapshots at 5 and 10, and the newest snapshot as it offers it. */
  const source = async () => {
    const node = await begin('source');
    for (let height = 1n; height <= 12n; height += 1n) await block(node, height, transfers());
    const snapshot = await vi.waitFor(async () => {
      const { snapshots } = (await node.peer.ask({ listSnapshots: {} }))!.listSnapshots!;
      expect(snapshots[0]?.height).toBe(10n);
      return snapshots[0]!;
    }, MADE_MS);
    const chunks = await Promise.all(
      Array.from({ length: snapshot.chunks }, async (_, chunk) => {
        const { height, format } = snapshot;
        return (await node.peer.ask({ loadSnapshotChunk: { height, format, chunk } }))!.loadSnapshotChunk!.chunk;
      }),
    );
    const blocks = new Map<bigint, Awaited<ReturnType<typeof blockAt>>>();
    const blockAt = (height: bigint) =>
      new Promise<Parameters<Parameters<Engine['subscribe']>[1]>[0]>((resolve) => {
        const end = node.engine.subscribe(height, async (found) => {
          end();
          resolve(found);
        });
      });
    for (const height of [10n, 11n, 12n]) blocks.set(height, await blockAt(height));
    return { node, snapshot, chunks, blocks };
  };

  test('takes over a whole snapshot under the trusted app hash, goes on with the next block, and stands there after a restart [7.2.2-d]', async () => {
    const { snapshot, chunks, blocks } = await source();
    const joiner = await openApplication('joiner');
    const { appHash } = blocks.get(10n)!;
    const offered = await joiner.peer.ask({ offerSnapshot: { snapshot, appHash } });
    expect(offered?.offerSnapshot?.result).toBe(ResponseOfferSnapshot_Result.ACCEPT);
    for (const [index, chunk] of chunks.entries()) {
      const taken = await joiner.peer.ask({ applySnapshotChunk: { index, chunk, sender: 'peer' } });
      expect(taken?.applySnapshotChunk?.result).toBe(ResponseApplySnapshotChunk_Result.ACCEPT);
    }
    expect(await infoOf(joiner)).toEqual({ height: 10n, appHash: toHex(appHash) });
    // CometBFT may have been cut off before it remembered: it offers again, and the application takes it again.
    expect((await joiner.peer.ask({ offerSnapshot: { snapshot, appHash } }))?.offerSnapshot?.result).toBe(
      ResponseOfferSnapshot_Result.ACCEPT,
    );
    for (const [index, chunk] of chunks.entries()) {
      await joiner.peer.ask({ applySnapshotChunk: { index, chunk, sender: 'peer' } });
    }
    expect(await infoOf(joiner)).toEqual({ height: 10n, appHash: toHex(appHash) });
    const next = blocks.get(11n)!;
    const transactions = next.items.flatMap((item) => item.bytes ?? []);
    const answer = await joiner.peer.ask(finalizeBlockOf({ height: 11n, timeMs: next.timeMs, transactions }));
    expect(answer?.finalizeBlock?.appHash).toEqual(next.appHash);
    await joiner.peer.ask({ commit: {} });
    await close(joiner);
    const again = await openApplication('joiner');
    expect(await infoOf(again)).toEqual({ height: 11n, appHash: toHex(next.appHash) });
    expect(await again.engine.status()).toMatchObject({ height: 11n, firstHeight: 11n });
    const first = await new Promise((resolve) => {
      const end = again.engine.subscribe(1n, async ({ height }) => {
        end();
        resolve(height);
      });
    });
    expect(first).toBe(11n);
  });

  test('a corrupted chunk is fetched again from somebody else, one that is too long and another app hash are refused, and nothing is taken over [7.2.2-c]', async () => {
    const { snapshot, chunks, blocks } = await source();
    const joiner = await openApplication('joiner');
    const { appHash } = blocks.get(10n)!;
    const offer = async (change: object, trusted: Uint8Array = appHash) =>
      (await joiner.peer.ask({ offerSnapshot: { snapshot: { ...snapshot, ...change }, appHash: trusted } }))
        ?.offerSnapshot?.result;
    expect(await offer({ format: 9 })).toBe(ResponseOfferSnapshot_Result.REJECT_FORMAT);
    expect(await offer({ hash: new Uint8Array(32) })).toBe(ResponseOfferSnapshot_Result.REJECT);
    expect(await offer({ height: 9n })).toBe(ResponseOfferSnapshot_Result.REJECT);
    expect(await offer({ metadata: new Uint8Array(50) })).toBe(ResponseOfferSnapshot_Result.REJECT);
    expect(await offer({ chunks: snapshot.chunks + 1 })).toBe(ResponseOfferSnapshot_Result.REJECT);
    expect(await offer({})).toBe(ResponseOfferSnapshot_Result.ACCEPT);
    const bad = Uint8Array.from(chunks[0]!);
    bad[20]! ^= 1;
    const retried = await joiner.peer.ask({ applySnapshotChunk: { index: 0, chunk: bad, sender: 'liar' } });
    expect(retried?.applySnapshotChunk).toMatchObject({
      result: ResponseApplySnapshotChunk_Result.RETRY,
      refetchChunks: [0],
      rejectSenders: ['liar'],
    });
    const long = new Uint8Array(CHUNK_BYTES_MAX + 1);
    const manifest = decode(snapshot.metadata);
    const named = [long, bad].map((chunk) => nativeCrypto.sha256(chunk));
    const metadata = encode({ ...(manifest.ok ? (manifest.value as object) : {}), chunks: named });
    expect(await offer({ metadata, hash: nativeCrypto.sha256(metadata), chunks: 2 })).toBe(
      ResponseOfferSnapshot_Result.ACCEPT,
    );
    const refused = await joiner.peer.ask({ applySnapshotChunk: { index: 0, chunk: long, sender: 'liar' } });
    expect(refused?.applySnapshotChunk?.result).toBe(ResponseApplySnapshotChunk_Result.REJECT_SNAPSHOT);
    expect(await offer({}, new Uint8Array(32).fill(1))).toBe(ResponseOfferSnapshot_Result.ACCEPT);
    let last;
    for (const [index, chunk] of chunks.entries())
      last = await joiner.peer.ask({ applySnapshotChunk: { index, chunk, sender: 'peer' } });
    expect(last?.applySnapshotChunk?.result).toBe(ResponseApplySnapshotChunk_Result.REJECT_SNAPSHOT);
    expect(await infoOf(joiner)).toMatchObject({ height: 0n });
    await joiner.peer.ask(initChainOf(ledger.genesis, nativeCrypto));
    expect(await block(joiner, 1n)).toHaveLength(64);
    expect(await offer({})).toBe(ResponseOfferSnapshot_Result.ABORT);
  });
});
