import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { download, linkOf } from './gateway.ts';

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
