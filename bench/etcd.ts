import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMBERS = 4;
const FIRST_PORT = 23_790;
const START_MS = 30_000;
const POLL_MS = 100;
const PUT_MS = 60_000;
/** Of gRPC over HTTP/2: no compression, the length, the message. */
const PREFIX = 5;
/** protobuf: field number and wire type of key and value in etcdserverpb.PutRequest. */
const [KEY_TAG, VALUE_TAG] = [0x0a, 0x12];

/** Four etcd members on this machine, each with a folder of its own. */
export interface Etcd {
  /** Resolves when the value is durable on a quorum (three of four). */
  put(key: string, value: Uint8Array): Promise<void>;
  stop(): Promise<void>;
}

/** A length as protobuf writes it. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left = Math.floor(left / 0x80)) bytes.push((left & 0x7f) | 0x80);
  return [...bytes, left];
}

function putRequest(key: Uint8Array, value: Uint8Array): Buffer {
  const message = Buffer.concat([
    Buffer.from([KEY_TAG, ...varint(key.length)]),
    key,
    Buffer.from([VALUE_TAG, ...varint(value.length)]),
    value,
  ]);
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function put(session: ClientHttp2Session, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = session.request({
      ':method': 'POST',
      ':path': '/etcdserverpb.KV/Put',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let status: string | undefined;
    const hear = (headers: Readonly<Record<string, unknown>>): void => {
      if (headers['grpc-status'] !== undefined) status = String(headers['grpc-status']);
    };
    call.setTimeout(PUT_MS, () => call.destroy(new Error('etcd did not answer in time.')));
    call.on('response', hear);
    call.on('trailers', hear);
    call.on('error', reject);
    call.on('end', () => (status === '0' ? resolve() : reject(new Error(`etcd answered with status ${status}.`))));
    call.resume();
    call.end(body);
  });
}

function startMember(folder: string, index: number, cluster: string): ChildProcess {
  const [client, peer] = [FIRST_PORT + 2 * index, FIRST_PORT + 2 * index + 1].map((port) => `http://127.0.0.1:${port}`);
  return spawn(
    'etcd',
    [
      ...['--name', `m${index}`, '--data-dir', join(folder, `m${index}`), '--log-level', 'error'],
      ...['--listen-client-urls', client!, '--advertise-client-urls', client!],
      ...['--listen-peer-urls', peer!, '--initial-advertise-peer-urls', peer!],
      ...['--initial-cluster', cluster, '--initial-cluster-state', 'new'],
    ],
    { stdio: 'ignore' },
  );
}

/** Needs the program `etcd` (Debian's package etcd-server). */
export async function startEtcd(): Promise<Etcd> {
  const folder = mkdtempSync(join(tmpdir(), 'ip-etcd-'));
  const indexes = Array.from({ length: MEMBERS }, (_, index) => index);
  const cluster = indexes.map((index) => `m${index}=http://127.0.0.1:${FIRST_PORT + 2 * index + 1}`).join(',');
  const members = indexes.map((index) => startMember(folder, index, cluster));
  const missing = new Promise<never>((_, reject) =>
    members[0]!.once('error', () => reject(new Error('The program etcd is missing (Debian: etcd-server).'))),
  );
  const sessions: ClientHttp2Session[] = [];
  const stop = async (): Promise<void> => {
    for (const session of sessions) session.destroy();
    const running = members.filter(({ exitCode, pid }) => exitCode === null && pid !== undefined);
    const ended = running.map((member) => once(member, 'exit'));
    for (const member of members) member.kill('SIGTERM');
    await Promise.all(ended);
    rmSync(folder, { recursive: true, force: true });
  };
  const probe = Buffer.from('probe');
  const ready = async (): Promise<void> => {
    for (const index of indexes) {
      const endMs = performance.now() + START_MS;
      for (;;) {
        const session = connect(`http://127.0.0.1:${FIRST_PORT + 2 * index}`);
        session.on('error', () => undefined);
        try {
          await put(session, putRequest(probe, probe));
          sessions.push(session);
          break;
        } catch (error) {
          session.destroy();
          if (performance.now() > endMs) throw error;
          await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        }
      }
    }
  };
  try {
    await Promise.race([ready(), missing]);
  } catch (error) {
    await stop();
    throw error;
  }
  let turn = 0;
  return {
    put: (key, value) => put(sessions[turn++ % sessions.length]!, putRequest(Buffer.from(key), value)),
    stop,
  };
}
