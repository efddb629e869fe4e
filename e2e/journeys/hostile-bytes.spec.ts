import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from '../fixtures/test.ts';
import { hostileRequests, sendHostile, type HostileRequest } from '../fixtures/hostile.ts';

const AT_ONCE = 8;
const BODIES = 48;
const BODY_BYTES = 10 * 1024 * 1024;
/** What one process may have had in memory, while 480 MB were sent to it. */
const PEAK_MB_MAX = 900;

test('no address answers hostile bytes with a status that is not declared for them [I.2-7] [7.2.5-a]', async ({
  network,
}) => {
  test.setTimeout(900_000);
  const pid = network.pid('portal');
  const waiting = hostileRequests();
  const undeclared: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const status = await sendHostile(network.port, next);
      if (!next.declared.includes(status)) undeclared.push(sentenceOf(next, status));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(undeclared).toEqual([]);
  expect(network.pid('portal')).toBe(pid);
});

function sentenceOf({ what, line, headers }: HostileRequest, status: number): string {
  return `${status} for ${what}: ${line.slice(0, 120)} ${JSON.stringify(headers).slice(0, 200)}`;
}

test('48 bodies of 10 MB at once, to sign-in and by no session, stop nobody: the portal answers meanwhile, and its memory stays as it was [I.2-7]', async ({
  network,
}) => {
  const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 'a'), Buffer.from('\r\n')]);
  const flood = Array.from({ length: BODIES }, () => {
    const socket = connect(network.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined).resume();
    socket.write('POST /api/auth/callback/siwe HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n');
    for (let sent = 0; sent < BODY_BYTES; sent += 0x10000) socket.write(chunk);
    socket.end('0\r\n\r\n');
    return closed;
  });
  const begunMs = Date.now();
  const health = await fetch(`${network.origin}/api/v1/health`);
  expect(health.status).toBe(200);
  await Promise.all(flood);
  expect(Date.now() - begunMs).toBeLessThan(20_000);
  const status = readFileSync(`/proc/${network.pid('portal')}/status`, 'utf8');
  expect(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024).toBeLessThan(PEAK_MB_MAX);
});
