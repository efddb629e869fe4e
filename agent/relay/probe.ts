import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Agent, request as requestHttp } from 'node:http';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { TokenBucket } from './bucket.ts';
import { openThrough, type RelayAccess } from './client.ts';
import { dial, type Network, type Rules } from './dial.ts';
import type { Door } from './door.ts';
import { RelayListener } from './listener.ts';
import { REPLY } from './socks.ts';

/** Connections that are opened, one after another; their median is the round trip. */
const ROUND_TRIPS = 5;
/** A throughput is of as much as came in so long, and of no more bytes. */
const THROUGHPUT_MS = 1_000;
const THROUGHPUT_BYTES_MAX = 4 * 1024 ** 2;
const ANSWERS_MAX = 256;
const ANSWER_MS_MAX = 10_000;
const IDLE_MS = 15_000;

export interface Probed {
  /** Whole ms, at least 1: from the request to be connected to the answer that the connection stands. */
  readonly roundTripMs: number;
  /** Bytes of the target's answers that came through the relay in a second, at least 1. */
  readonly bytesPerS: number;
}

export interface ProbeParts {
  /** What is fetched: http or https. */
  readonly url: URL;
  readonly rules: Rules;
  readonly network: Network;
  readonly pace: { readonly downBytesPerS: number; readonly upBytesPerS: number };
}

/**
 * Measures a relay by its own way: a listener as customers reach it, on a port of loopback that is there for this probe alone, with a password
 * that nobody else knows. Throws where the target is not reached or does not answer.
 */
export async function probeRelay(parts: ProbeParts): Promise<Probed> {
  const password = randomBytes(32).toString('hex');
  const closing = new AbortController();
  const listener = new RelayListener({ door: probeDoor(parts, password, closing.signal), onFailed: () => undefined });
  const port = await listener.listen('127.0.0.1', 0);
  try {
    const access = { host: '127.0.0.1', port, user: 'probe', password };
    const roundTripMs = await measureRoundTrip(access, parts.url);
    return { roundTripMs, bytesPerS: await measureThroughput(access, parts.url) };
  } finally {
    closing.abort();
    await listener.close();
  }
}

function probeDoor({ rules, network, pace }: ProbeParts, password: string, signal: AbortSignal): Door {
  const secret = Buffer.from(password);
  const failed = { status: 407, reply: REPLY.failed, sentence: 'This is a probe.' };
  return {
    enter(login) {
      const given = Buffer.from(login.password);
      if (given.length !== secret.length || !timingSafeEqual(given, secret)) return { ok: false, refusal: failed };
      return {
        ok: true,
        guest: {
          async connect(target) {
            const dialled = await dial(target, { rules, network, signal });
            if (!dialled.ok) return dialled;
            const buckets = { down: emptyBucket(pace.downBytesPerS), up: emptyBucket(pace.upBytesPerS) };
            const { socket } = dialled;
            const take = (_: unknown, bytes: number) => ({ bytes, isLast: false });
            const always = { pauseMs: () => 0, take, joined: () => undefined, leave: () => undefined };
            return { ok: true, line: { socket, pace: buckets, idleMs: IDLE_MS, signal, ...always } };
          },
        },
      };
    },
  };
}

/** What a bucket saved up would be measured as a line that is faster than it is. */
function emptyBucket(bytesPerS: number): TokenBucket {
  const bucket = new TokenBucket(bytesPerS);
  bucket.take(bucket.burstBytes);
  return bucket;
}

export function targetOf(url: URL): { readonly host: string; readonly port: number } {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { host, port };
}

async function measureRoundTrip(access: RelayAccess, url: URL): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < ROUND_TRIPS; index += 1) {
    const { socket, openedMs } = await openThrough(access, targetOf(url));
    socket.destroy();
    times.push(openedMs);
  }
  const median = times.toSorted((left, right) => left - right)[ROUND_TRIPS >> 1] ?? 0;
  return Math.max(1, Math.round(median));
}

async function measureThroughput(access: RelayAccess, url: URL): Promise<number> {
  const { socket } = await openThrough(access, targetOf(url));
  const stream = url.protocol === 'https:' ? await overTls(socket, url) : socket;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let isGiven = false;
  agent.createConnection = () => {
    if (isGiven) throw new Error('the target of the probe ended the connection');
    isGiven = true;
    return stream;
  };
  const begunAt = performance.now();
  let bytes = 0;
  const isEnough = (): boolean => bytes >= THROUGHPUT_BYTES_MAX || performance.now() - begunAt >= THROUGHPUT_MS;
  try {
    for (let index = 0; index < ANSWERS_MAX && !isEnough(); index += 1) {
      const before = bytes;
      await fetchOnce(url, agent, (length) => {
        bytes += length;
        return !isEnough();
      });
      if (bytes === before) throw new Error('the target of the probe answered with no bytes');
    }
  } finally {
    agent.destroy();
    socket.destroy();
  }
  return Math.max(1, Math.round((bytes * 1_000) / Math.max(1, performance.now() - begunAt)));
}

function overTls(socket: Socket, url: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { host } = targetOf(url);
    const secure = connectTls({ socket, servername: host }, () => resolve(secure));
    secure.once('error', reject);
  });
}

/** `onBytes` says whether more is wanted. */
function fetchOnce(url: URL, agent: Agent, onBytes: (length: number) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'user-agent': 'interpool-relay', host: url.host };
    const path = `${url.pathname}${url.search}`;
    const { host, port } = targetOf(url);
    const request = requestHttp({ agent, host, port, path, headers, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    request.on('error', reject);
    request.on('response', (response) => {
      if ((response.statusCode ?? 0) >= 400)
        reject(new Error(`the target of the probe answered with status ${response.statusCode}`));
      response.on('data', (chunk: Buffer) => {
        if (onBytes(chunk.length)) return;
        response.destroy();
        resolve();
      });
      response.on('end', resolve);
      response.on('error', reject);
    });
    request.end();
  });
}
