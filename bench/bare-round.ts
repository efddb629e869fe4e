import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel, parentPort, Worker, workerData, type MessagePort } from 'node:worker_threads';

/**
 * The limit that the latency figure is divided by: four worker threads that exchange empty messages in Tendermint's pattern (proposal,
 * prevotes, precommits) with two syncs a height, and nothing else: no signature, no block, no execution.
 */
const WORKERS = 4;
const QUORUM = 3;
const RECORD = new Uint8Array(256);
const PREALLOCATED = new Uint8Array(4 * 1024 * 1024);

type ToWorker = { kind: 'link'; port: MessagePort } | { kind: 'begin'; round: number };
type PeerMessage = { kind: 'proposal' | 'prevote' | 'precommit'; round: number };

interface Tally {
  prevotes: number;
  precommits: number;
  hasPrevoted: boolean;
  hasPrecommitted: boolean;
}

function runWorker(folder: string, index: number): void {
  const fd = openSync(join(folder, `bare-${index}`), 'w');
  writeSync(fd, PREALLOCATED);
  fdatasyncSync(fd);
  const ports: MessagePort[] = [];
  const tallies = new Map<number, Tally>();
  let position = 0;

  const sync = (): void => {
    writeSync(fd, RECORD, 0, RECORD.length, position);
    position = (position + RECORD.length) % PREALLOCATED.length;
    fdatasyncSync(fd);
  };
  const broadcast = (message: PeerMessage): void => {
    for (const port of ports) port.postMessage(message);
  };
  const tallyOf = (round: number): Tally => {
    const tally = tallies.get(round) ?? { prevotes: 0, precommits: 0, hasPrevoted: false, hasPrecommitted: false };
    tallies.set(round, tally);
    return tally;
  };
  const advance = (round: number, tally: Tally): void => {
    if (tally.prevotes >= QUORUM && !tally.hasPrecommitted) {
      tally.hasPrecommitted = true;
      tally.precommits += 1;
      sync();
      broadcast({ kind: 'precommit', round });
    }
    if (tally.precommits === QUORUM) parentPort?.postMessage(round);
  };
  const prevote = (round: number): void => {
    const tally = tallyOf(round);
    if (tally.hasPrevoted) return;
    tally.hasPrevoted = true;
    tally.prevotes += 1;
    sync();
    broadcast({ kind: 'prevote', round });
    advance(round, tally);
  };
  const receive = ({ kind, round }: PeerMessage): void => {
    if (kind === 'proposal') return prevote(round);
    const tally = tallyOf(round);
    if (kind === 'prevote') tally.prevotes += 1;
    else tally.precommits += 1;
    advance(round, tally);
  };
  parentPort?.on('message', (message: ToWorker) => {
    if (message.kind === 'link') {
      ports.push(message.port);
      message.port.on('message', receive);
      return;
    }
    broadcast({ kind: 'proposal', round: message.round });
    prevote(message.round);
  });
  process.on('exit', () => closeSync(fd));
}

export interface BareRounds {
  /** Milliseconds from telling the proposer to the first validator that has decided. */
  round(): Promise<number>;
  close(): Promise<void>;
}

/** Starts the four threads with their files in `folder`. */
export function startBareRounds(folder: string): BareRounds {
  const workers = Array.from(
    { length: WORKERS },
    (_, index) => new Worker(new URL(import.meta.url), { workerData: { bareRound: true, folder, index } }),
  );
  for (const [at, worker] of workers.entries()) {
    for (const other of workers.slice(at + 1)) {
      const { port1, port2 } = new MessageChannel();
      worker.postMessage({ kind: 'link', port: port1 } satisfies ToWorker, [port1]);
      other.postMessage({ kind: 'link', port: port2 } satisfies ToWorker, [port2]);
    }
  }
  let current = 0;
  let decided: () => void = () => undefined;
  for (const worker of workers) worker.on('message', (round: number) => round === current && decided());
  return {
    round: () =>
      new Promise((resolve) => {
        current += 1;
        const begunAt = performance.now();
        decided = () => {
          decided = () => undefined;
          resolve(performance.now() - begunAt);
        };
        workers[current % WORKERS]?.postMessage({ kind: 'begin', round: current } satisfies ToWorker);
      }),
    close: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))),
  };
}

const data = workerData as { bareRound?: boolean; folder: string; index: number } | null;
if (data?.bareRound === true) runWorker(data.folder, data.index);
