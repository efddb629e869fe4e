import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { asCurl, asPython, download, linkOf } from './gateway.ts';

const LINK = { url: 'https://data.example/v1/agreements/1/rows', token: 'a'.repeat(64) };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function refusal(status: number, reason: string): Response {
  return Response.json({ detail: `Refused as ${reason}.`, reason }, { status });
}

/** A gateway that gives these answers in turn, the last of them for ever; how often it was asked. */
function gatewayThatAnswers(...answers: (() => Response)[]): { calls: () => number } {
  const fetched = vi.fn(async () => (answers.length > 1 ? answers.shift() : answers[0])?.() ?? Response.error());
  vi.stubGlobal('fetch', fetched);
  return { calls: () => fetched.mock.calls.length };
}

test('a download that comes before the agent has heard of its own delivery is made when it has', async () => {
  const gateway = gatewayThatAnswers(
    () => refusal(503, 'not-yet-open'),
    () => refusal(503, 'not-yet-open'),
    () => new Response('date,level'),
  );
  const answer = download(LINK);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await answer).toMatchObject({ kind: 'served', status: 200 });
  expect(gateway.calls()).toBe(3);
});

test('a delivery that the agent never hears of ends in its refusal', async () => {
  gatewayThatAnswers(() => refusal(503, 'not-yet-open'));
  const answer = download(LINK);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await answer).toMatchObject({ kind: 'refused', status: 503, sentence: 'Refused as not-yet-open.' });
});

test('an answer that was cut off where the allowance ended says so, and that what came is charged', async () => {
  gatewayThatAnswers(
    () => {
      throw new TypeError('network error');
    },
    () => Response.json({ state: 'open', calls: 1, callsLeft: 9, bytes: 50_000, bytesLeft: 0 }),
  );
  const answer = await download(LINK);
  expect(answer).toMatchObject({
    kind: 'refused',
    sentence: expect.stringContaining('allowance of bytes ended') as string,
  });
  expect(answer).toMatchObject({ sentence: expect.stringContaining('charged') as string });
});

test('an answer that was cut off says why, where the gateway knows it', async () => {
  gatewayThatAnswers(
    () => {
      throw new TypeError('network error');
    },
    () => refusal(410, 'ended'),
  );
  expect(await download(LINK)).toMatchObject({
    kind: 'refused',
    sentence: 'The answer was cut off. Refused as ended.',
  });
});

test('any other refusal is told at once', async () => {
  const gateway = gatewayThatAnswers(() => refusal(410, 'window-over'));
  expect(await download(LINK)).toMatchObject({ kind: 'refused', status: 410 });
  expect(gateway.calls()).toBe(1);
});

const descriptor = { path: '/v1/agreements/1/rows', token: 'a'.repeat(64) };

test.each(['https://data.example', 'https://data.example:8443', 'http://127.0.0.1:4100', 'http://[::1]:4100'])(
  'a link begins at the gateway %s',
  (gateway) => {
    expect(linkOf(gateway, descriptor)?.url).toBe(`${gateway}/v1/agreements/1/rows`);
  },
);

test.each(["https://a';id;'.example", 'https://a$(id).example', 'https://a`id`.example', 'javascript:alert(1)', 'x'])(
  'no link, and so no command line to copy, is made of %j',
  (gateway) => {
    expect(linkOf(gateway, descriptor)).toBeUndefined();
  },
);

/** A gateway that serves once, then refuses, then breaks off in the middle. */
async function withGateway(act: (url: string) => Promise<void>): Promise<void> {
  let calls = 0;
  const server = createServer((_, response) => {
    calls += 1;
    if (calls === 1) response.end('date,level');
    else if (calls === 2) response.writeHead(410).end('The window is over.');
    else response.writeHead(200, { 'Content-Length': '100' }).write('da', () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}/rows`);
  server.close();
}

test.each([
  ['sh', '-c', asCurl],
  ['python3', '-c', asPython],
] as const)(
  'what a copied command for %s fetched stays when it is run again and refused or cut off',
  async (program, flag, written) => {
    vi.useRealTimers();
    const folder = mkdtempSync(path.join(tmpdir(), 'interpool-copied-'));
    const file = path.join(folder, 'O-1.csv');
    writeFileSync(file, 'from before');
    await withGateway(async (url) => {
      const command = written({ url, token: 'a'.repeat(64) }, 'O-1.csv');
      const again = () => promisify(execFile)(program, [flag, command], { cwd: folder }).catch(() => undefined);
      for (let run = 0; run < 3; run += 1) {
        await again();
        expect(readFileSync(file, 'utf8')).toBe('date,level');
      }
    });
    if (program === 'sh') expect(readdirSync(folder)).toEqual(['O-1.csv']);
    rmSync(folder, { recursive: true });
  },
);

test('a command for Windows has the quotes and the words of its shell', () => {
  const cmd = asCurl(LINK, 'O-1.csv', 'Windows cmd');
  expect(cmd).not.toContain("'");
  expect(cmd).toContain(' && move /Y O-1.csv.part O-1.csv || ');
  const powershell = asCurl(LINK, 'O-1.csv', 'PowerShell');
  expect(powershell).toMatch(/^curl\.exe /);
  expect(powershell).not.toContain('&&');
});
