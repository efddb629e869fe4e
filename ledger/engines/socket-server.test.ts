import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LedgerClient, LedgerRefusal, LedgerUnavailable } from '#ledger/client/ledger-client.ts';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { encodeMessage } from '#ledger/client/wire.ts';
import { concat, u32 } from '#ledger/core/bytes.ts';
import { encode, type CborValue } from '#ledger/core/codec.ts';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import type { Engine } from './engine.ts';
import { CONNECTIONS_MAX, openSocketServer, type SocketServer } from './socket-server.ts';

const BLOCKS = 20n;

function blockAt(height: bigint): CommittedBlock {
  const bytes = new Uint8Array(32).fill(Number(height));
  const event = {
    phase: 1 as const,
    index: 0,
    sequence: 0,
    payload: { contract: 'token', type: 'Moved', amountMicro: height },
  };
  return {
    height,
    hash: bytes,
    timeMs: 1_000n + height,
    proposer: bytes.slice(0, 20),
    lastRound: 1,
    appHash: bytes,
    evidence: 0,
    signers: [{ address: bytes.slice(0, 20), signed: true }],
    items: [
      { txId: bytes, bytes: Uint8Array.of(1), code: 0, data: [height], events: [event], logIndex: height * 2n },
      { code: 0, data: null, events: [], logIndex: height * 2n + 1n },
    ],
  };
}

/** An engine that holds twenty blocks and echoes: what is tested is the way through the socket. */
function echoEngine(): Engine {
  return {
    start: async () => undefined,
    stop: async () => undefined,
    submit: async (bytes) => (bytes.length === 0 ? { ok: false, code: 1 } : { ok: true, txId: bytes }),
    outcome: async (txId) =>
      txId.length === 32 ? { txId, height: 7n, code: 0, data: { a: [1n, 'b', null, true] } } : undefined,
    query: async (path, args) => {
      if (path === 'throw') throw new Error('a secret detail');
      return path === 'echo' ? { ok: true, value: args, height: 3n } : { ok: false, code: 4 };
    },
    receipt: async (logIndex, fromHeight) => (logIndex === 1n ? { format: 'x', from: fromHeight ?? null } : undefined),
    head: async (fromHeight) => (fromHeight === 9n ? { format: 'y' } : undefined),
    subscribe: (from, onBlock) => {
      let isEnded = false;
      void (async () => {
        for (let height = from; height <= BLOCKS && !isEnded; height += 1n) await onBlock(blockAt(height));
      })();
      return () => {
        isEnded = true;
      };
    },
    figures: async () => ({
      waiting: 3,
      dueItems: 2,
      dueBacklog: null,
      stateRecords: 2 ** 40,
      journals: [{ name: 'validator-0', bytes: 9 }],
    }),
    status: async () => ({
      engine: 'embedded',
      firstHeight: 1n,
      height: 7n,
      network: new Uint8Array(32),
      validators: [
        {
          address: new Uint8Array(20),
          publicKey: new Uint8Array(33),
          state: 'halted',
          height: 5n,
          round: 2,
          reason: 'Because.',
        },
      ],
      troubles: ['Something is wrong.'],
    }),
    control: async ({ kind, index }) => ({ ok: index === 0, sentence: kind }),
  };
}

/** An engine that admits nothing until it is told to, and knows who waits at it. */
function slowEngine(): { engine: Engine; asked: number[]; release: () => void } {
  const asked: number[] = [];
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const submit: Engine['submit'] = async (bytes) => {
    asked.push(bytes[0] ?? 0);
    await released;
    return { ok: true, txId: bytes };
  };
  return { engine: { ...echoEngine(), submit }, asked, release };
}

let folder = '';
let path = '';
let server: SocketServer;
let client: LedgerClient;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-socket-'));
  path = join(folder, 'ledger.sock');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  server = await openSocketServer(echoEngine(), path);
  client = await LedgerClient.connect(path, { timeoutMs: 2_000 });
});
afterEach(async () => {
  await client.close();
  await server.close();
});

function heights(of: LedgerClient, from: bigint, count: number): Promise<bigint[]> {
  return new Promise((resolve) => {
    const seen: bigint[] = [];
    const end = of.subscribe(from, async (block) => {
      seen.push(block.height);
      if (seen.length < count) return;
      end();
      resolve(seen);
    });
  });
}

describe('the ledger process’s socket', () => {
  test('is its user’s alone, and also its group’s where it is shared [6.2.1-a]', async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const shared = join(folder, 'shared.sock');
    const other = await openSocketServer(echoEngine(), shared, { sharesSocket: true });
    expect(statSync(shared).mode & 0o777).toBe(0o660);
    await other.close();
  });

  test('carries every call and answer of the engine port unchanged [8.3.1-a]', async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const value: CborValue = { list: [1n, -5n, 'text', new Uint8Array([1, 2])], deep: { is: false } };
    expect(await client.query('echo', value)).toEqual({ ok: true, value, height: 3n });
    expect(await client.query('other', null)).toEqual({ ok: false, code: 4 });
    expect(await client.submit(Uint8Array.of(5))).toEqual({ ok: true, txId: Uint8Array.of(5) });
    expect(await client.submit(new Uint8Array(0))).toEqual({ ok: false, code: 1 });
    expect(await client.outcome(new Uint8Array(32), 10)).toMatchObject({
      height: 7n,
      data: { a: [1n, 'b', null, true] },
    });
    expect(await client.outcome(new Uint8Array(1), 10)).toBeUndefined();
    expect(await client.receipt(1n)).toEqual({ format: 'x', from: 1n });
    expect(await client.receipt(1n, 8n)).toEqual({ format: 'x', from: 8n });
    expect(await client.receipt(2n)).toBeUndefined();
    expect(await client.head()).toBeUndefined();
    expect(await client.head(9n)).toEqual({ format: 'y' });
    await expect(client.head(-1n)).rejects.toThrow('"fromHeight" must be an integer');
    expect(await client.figures()).toEqual({
      waiting: 3,
      dueItems: 2,
      dueBacklog: null,
      stateRecords: 2 ** 40,
      journals: [{ name: 'validator-0', bytes: 9 }],
    });
    expect((await client.status()).validators[0]).toMatchObject({ state: 'halted', round: 2, reason: 'Because.' });
    expect(await client.control({ kind: 'stop-validator', index: 0 })).toEqual({
      ok: true,
      sentence: 'stop-validator',
    });
  });

  test('a subscription hands over each block once and in order, and waits for who is slow', async () => {
    const seen = await new Promise<CommittedBlock[]>((resolve) => {
      const blocks: CommittedBlock[] = [];
      let isBusy = false;
      client.subscribe(3n, async (block) => {
        expect(isBusy, 'one at a time').toBe(false);
        isBusy = true;
        await Promise.resolve();
        isBusy = false;
        blocks.push(block);
        if (block.height === BLOCKS) resolve(blocks);
      });
    });
    expect(seen).toEqual(Array.from({ length: 18 }, (_, index) => blockAt(BigInt(index + 3))));
  });

  test('a subscription goes on where it stood when the process comes back, and a failed handler gets its block again', async () => {
    const seen: bigint[] = [];
    let failures = 1;
    const done = new Promise<void>((resolve) => {
      client.subscribe(1n, async (block) => {
        if (block.height === 4n && failures-- > 0) throw new Error('the handler failed');
        seen.push(block.height);
        if (block.height === 8n) {
          await server.close();
          server = await openSocketServer(echoEngine(), path);
        }
        if (block.height === BLOCKS) resolve();
      });
    });
    await done;
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => BigInt(index + 1)));
  });

  test('nobody there, or nobody who answers, is LedgerUnavailable; what cannot be answered is a sentence without detail', async () => {
    await expect(LedgerClient.connect(join(folder, 'nowhere.sock'), { timeoutMs: 500 })).rejects.toThrow(
      LedgerUnavailable,
    );
    const refused = client.query('throw', null);
    await expect(refused).rejects.toThrow(LedgerRefusal);
    await expect(client.query('throw', null)).rejects.not.toThrow(/secret/);
    await server.close();
    await expect(client.status()).rejects.toThrow(LedgerUnavailable);
    server = await openSocketServer(echoEngine(), path);
    expect((await client.status()).height).toBe(7n);
  });

  test('who asks for too much is refused at once with a time, waits for itself, and loses nothing that was taken; others have their turns [8.2.1-a]', async () => {
    const { engine, asked, release } = slowEngine();
    const busy = join(folder, 'busy.sock');
    const slow = await openSocketServer(engine, busy);
    const flooder = await LedgerClient.connect(busy, { timeoutMs: 5_000 });
    const other = await LedgerClient.connect(busy, { timeoutMs: 5_000 });
    const flood = Array.from({ length: 1_000 }, () => flooder.submit(Uint8Array.of(1)));
    const refused = await Promise.all(flood.slice(-400));
    const refusal = { ok: false, code: admissionCodes.UNAVAILABLE, retryAfterMs: expect.any(Number) as number };
    for (const answer of refused) expect(answer).toEqual(refusal);
    const theirs = other.submit(Uint8Array.of(2));
    // What waits at the engine is bounded, and a question about the ledger itself is answered beside it.
    expect((await other.status()).height).toBe(7n);
    expect(asked.length).toBeLessThan(300);
    release();
    expect(await theirs).toEqual({ ok: true, txId: Uint8Array.of(2) });
    const taken = (await Promise.all(flood)).filter(({ ok }) => ok);
    expect(taken.length).toBeGreaterThanOrEqual(500);
    expect(asked.filter((who) => who === 1).length).toBe(taken.length);
    // Its second turn, in the midst of hundreds of the flooder's.
    expect(asked.indexOf(2)).toBeLessThan(taken.length / 2 + 10);
    await Promise.all([flooder.close(), other.close()]);
    await slow.close();
  });

  test('a ledger that is full is left alone for as long as it said [8.2.1-a]', async () => {
    let asked = 0;
    const submit: Engine['submit'] = async (bytes) => {
      asked += 1;
      return asked === 1 ? { ok: false, code: 18, retryAfterMs: 200 } : { ok: true, txId: bytes };
    };
    const full = join(folder, 'full.sock');
    const fullServer = await openSocketServer({ ...echoEngine(), submit }, full);
    const sender = await LedgerClient.connect(full);
    expect(await sender.submit(Uint8Array.of(1))).toEqual({ ok: false, code: 18, retryAfterMs: 200 });
    const again = await sender.submit(Uint8Array.of(1));
    if (again.ok || again.retryAfterMs === undefined) throw new Error('It was asked again at once.');
    expect(asked).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, again.retryAfterMs! + 5));
    expect(await sender.submit(Uint8Array.of(1))).toEqual({ ok: true, txId: Uint8Array.of(1) });
    await sender.close();
    await fullServer.close();
  });

  test('hostile frames, calls and floods close or refuse one connection and harm nobody else', async () => {
    const args = {};
    const frames: Uint8Array[] = [
      concat(u32(0xffffffff), Uint8Array.of(1)),
      concat(u32(3), Uint8Array.of(0xff, 0xff, 0xff)),
      concat(u32(1), encode(5n)),
      encodeMessage({ id: 'text', call: 'status', args }),
      encodeMessage({ id: 1n, call: '__proto__', args }),
      encodeMessage({ id: 1n, call: 'constructor', args }),
      encodeMessage({ id: 1n, call: 'submit', args: { bytes: 'text' } }),
      encodeMessage({ id: 1n, call: 'outcome', args: { txId: new Uint8Array(32), timeoutMs: 10n ** 12n } }),
      encodeMessage({ id: 1n, call: 'control', args: { kind: 'format-disk', index: 0n } }),
      encodeMessage({ id: 1n, call: 'acknowledge', args: { subscription: 99n, height: 1n } }),
      encodeMessage({ id: 1n, call: 'subscribe', args: { from: -1n } }),
      Uint8Array.from({ length: 5_000 }, (_, index) => (index * 7_919) & 0xff),
    ];
    for (const [index, frame] of frames.entries()) {
      const socket = createConnection(path);
      await once(socket, 'connect');
      const ended = Promise.race([once(socket, 'data'), once(socket, 'close')]);
      // Byte by byte, too: no frame boundary is to be relied on.
      if (index % 2 === 0) socket.write(frame);
      else for (const byte of frame.subarray(0, 200)) socket.write(Uint8Array.of(byte));
      if (index % 2 === 1) socket.write(frame.subarray(200));
      await ended;
      socket.destroy();
    }
    const crowd = Array.from({ length: CONNECTIONS_MAX + 20 }, () =>
      createConnection(path).on('error', () => undefined),
    );
    await Promise.all(crowd.slice(CONNECTIONS_MAX).map((socket) => once(socket, 'close')));
    for (const socket of crowd) socket.destroy();
    expect((await client.status()).height).toBe(7n);
    expect(await heights(client, 19n, 2)).toEqual([19n, 20n]);
  });
});
