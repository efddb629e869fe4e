import { createServer, connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { LineWatch } from './line-figures.ts';
import { parseSockets, readSockets, type SocketFigures } from './socket-figures.ts';

/** As `ss` of iproute2 6.1 writes them; the second has lost segments, and nothing has passed on the third. */
const WRITTEN = [
  '0      114517 127.0.0.1:51551 127.0.0.1:47000 bbr wscale:10,10 rto:208 rtt:6.519/12.126 mss:65483 cwnd:18 bytes_sent:1800000 bytes_acked:1745483 segs_out:33 segs_in:32 data_segs_out:33 delivery_rate 22776695648bps app_limited busy:104ms minrtt:0.007',
  '0      0 [::1]:51551 [::1]:47001 cubic rto:232 rtt:31.4/2.5 mss:1448 bytes_sent:9000 bytes_acked:8000 segs_out:12 data_segs_out:10 retrans:0/2 dsack_dups:1 minrtt:30.1',
  '0      0 127.0.0.1:51551 127.0.0.1:47002 cubic rto:1000 mss:1448',
  '',
].join('\n');

let watch: LineWatch | undefined;
const opened: { destroy(): unknown }[] = [];
afterEach(() => {
  watch?.close();
  for (const one of opened.splice(0)) one.destroy();
  vi.useRealTimers();
});

test('what the system counts of each connection is read, and one without a round trip is left out', () => {
  expect(parseSockets(WRITTEN)).toEqual(
    new Map([
      [47_000, { roundTripMs: 6.519, jitterMs: 12.126, segments: 33, sentAgain: 0 }],
      [47_001, { roundTripMs: 31.4, jitterMs: 2.5, segments: 10, sentAgain: 2 }],
    ]),
  );
  expect(parseSockets('hello\n')).toEqual(new Map());
});

describe('the connections of an order', () => {
  const socketAt = (remotePort: number) => {
    const socket = { remotePort, once: (_: string, over: () => void) => void overs.set(remotePort, over) };
    return socket as unknown as Socket;
  };
  const overs = new Map<number, () => void>();
  const looks: ReadonlyMap<number, SocketFigures>[] = [
    new Map([
      [1, { roundTripMs: 10, jitterMs: 2, segments: 10, sentAgain: 0 }],
      [2, { roundTripMs: 30, jitterMs: 4, segments: 0, sentAgain: 0 }],
    ]),
    new Map([
      [1, { roundTripMs: 20, jitterMs: 4, segments: 20, sentAgain: 1 }],
      [2, { roundTripMs: 30, jitterMs: 6, segments: 20, sentAgain: 1 }],
    ]),
  ];

  test('are summed up over every look: round trips on average, the fastest half second, what was sent again rounded up', async () => {
    vi.useFakeTimers();
    const left = [...looks];
    watch = new LineWatch({ port: () => 1080, read: () => Promise.resolve(new Map(left.shift())) });
    watch.watch(7, socketAt(1));
    watch.watch(7, socketAt(2));
    expect(watch.figuresOf(7)).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1_200);
    expect(watch.figuresOf(7)).toEqual({ roundTripMs: 20, jitterMs: 4, bytesPerS: 0, lossPerMille: 50 });
    for (const bytes of [100_000, 100_000, 300_000, 0]) {
      watch.passed(7, bytes);
      await vi.advanceTimersByTimeAsync(250);
    }
    await vi.advanceTimersByTimeAsync(60_000);
    watch.passed(7, 9);
    expect(watch.figuresOf(7)?.bytesPerS).toBe(400_000);
    for (const over of overs.values()) over();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(vi.getTimerCount()).toBe(0);
    expect(watch.figuresOf(8)).toBeUndefined();
    watch.forget(7);
    expect(watch.figuresOf(7)).toBeUndefined();
  });

  test('are not measured on a machine whose system does not tell', async () => {
    vi.useFakeTimers();
    watch = new LineWatch({ port: () => 1080, read: () => Promise.resolve(undefined) });
    watch.watch(7, socketAt(1));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(watch.figuresOf(7)).toBeUndefined();
  });
});

// Where iproute2 is not installed nothing can be read, which the test above is about.
const hasTool = (await readSockets(1)) !== undefined;
test.skipIf(!hasTool)('a real connection is seen by its other side’s port, with what it has taken', async () => {
  const server = createServer((socket) => {
    opened.push(socket);
    socket.write(Buffer.alloc(200_000));
  });
  opened.push({ destroy: () => server.close() });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  opened.push(socket);
  socket.resume();
  await vi.waitFor(async () => {
    const found = (await readSockets(port))?.get(socket.localPort ?? 0);
    expect(found?.segments).toBeGreaterThan(0);
    expect(found?.roundTripMs).toBeGreaterThan(0);
  }, 5_000);
});
