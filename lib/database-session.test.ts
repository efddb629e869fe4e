import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '#lib/testing/postgres.ts';
import { openSession } from './database-session.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** A way to the server that can be made to swallow everything without closing, as a cut cable or a lost route does. */
async function openWay(): Promise<{ address: string; swallow(): void; close(): void }> {
  const sockets: Socket[] = [];
  const address = new URL(postgres.projectorUrl);
  const port = Number(address.port);
  const way = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far);
    far.pipe(near);
    sockets.push(near, far);
  });
  way.listen(0, '127.0.0.1');
  await once(way, 'listening');
  address.port = String((way.address() as AddressInfo).port);
  return {
    address: address.href,
    swallow: () => {
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    close: () => {
      way.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

test('a statement that a silent server never answers fails, so that the projector can begin anew [7.2.3-c]', async () => {
  const way = await openWay();
  const session = await openSession(way.address, { answerMsMax: 100 });
  try {
    way.swallow();
    await expect(session.database.query('SELECT 1')).rejects.toThrow(/terminated/);
    expect(session.lost.reason).toEqual(new Error('PostgreSQL does not answer'));
  } finally {
    await session.close();
    way.close();
  }
});
