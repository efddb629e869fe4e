import { Worker } from 'node:worker_threads';
import type { CheckedSignature } from '#ledger/abci/verified-transactions.ts';
import type { CheckingThreadData, FromChecker, ToChecker } from './checking-protocol.ts';

/** Of a block's transactions so many are given away: the validator checks the others itself, and both are done at about the same time. */
const GIVEN_AWAY = 0.85;
/** Fewer cost more to give away than to check. */
const TRANSACTIONS_MIN = 8;
/** Without work the thread ends: it is there while a validator catches up. */
const IDLE_MS = 5_000;

/** Checks signatures on a second thread, for one validator alone: its findings are that validator's own. */
export interface SignatureChecks {
  /** Has most of these checked; `done` comes when they are, or at once where nobody checks ahead. */
  ahead(transactions: readonly Uint8Array[], done: () => void): void;
  stop(): void;
}

interface Helper {
  readonly worker: Worker;
  readonly waiting: Map<number, () => void>;
  isReady: boolean;
}

/** `expect` takes what was found before `done` is called. A thread that fails is not missed: the validator checks everything itself. */
export function createSignatureChecks(
  data: CheckingThreadData,
  expect: (checked: readonly CheckedSignature[]) => void,
): SignatureChecks {
  let helper: Helper | undefined;
  /** The thread could not begin, or broke: nobody checks ahead any more. */
  let isGivenUp = false;
  let lastId = 0;
  let idle: NodeJS.Timeout | undefined;

  const end = (of: Helper): void => {
    if (helper === of) helper = undefined;
    clearTimeout(idle);
    void of.worker.terminate();
    const left = [...of.waiting.values()];
    of.waiting.clear();
    for (const done of left) done();
  };
  const start = (): Helper => {
    const worker = new Worker(new URL('./checking-worker.ts', import.meta.url), { workerData: data });
    const started: Helper = { worker, waiting: new Map(), isReady: false };
    worker.on('message', (message: FromChecker) => {
      if (message.kind === 'ready') {
        started.isReady = true;
        return;
      }
      const done = started.waiting.get(message.id);
      if (done === undefined) return;
      started.waiting.delete(message.id);
      expect(message.checked);
      done();
    });
    const giveUp = (): void => {
      isGivenUp = true;
      end(started);
    };
    worker.on('error', giveUp);
    // A module without signatures has nothing to wait for.
    worker.on('exit', () => (helper === started ? giveUp() : undefined));
    worker.unref();
    return started;
  };
  return {
    ahead: (transactions, done) => {
      if (isGivenUp || transactions.length < TRANSACTIONS_MIN) return done();
      helper ??= start();
      const of = helper;
      clearTimeout(idle);
      idle = setTimeout(() => end(of), IDLE_MS);
      idle.unref();
      // While it starts the validator checks for itself.
      if (!of.isReady) return done();
      lastId += 1;
      of.waiting.set(lastId, done);
      const given = transactions.slice(0, Math.ceil(transactions.length * GIVEN_AWAY));
      of.worker.postMessage({ id: lastId, transactions: given } satisfies ToChecker);
    },
    stop: () => {
      if (helper === undefined) return;
      helper.waiting.clear();
      end(helper);
    },
  };
}
