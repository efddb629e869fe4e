import type { LedgerClient } from '#ledger/client/ledger-client.ts';
import { LedgerRefusal } from '#ledger/client/ledger-client.ts';
import { decideAll, signTransfers } from '#ledger/engines/testing/load.ts';
import type { Member } from '#ledger/engines/testing/ledger-home.ts';
import { startEmbedded, type Contestant } from './contestants.ts';
import { openLoop } from './open-loop.ts';
import { median, quantile, rounded } from './statistics.ts';

const MEMBERS = 256;
const WARM_UP = 6_000;
const FOR_MAXIMUM = 10_000;
const AT_A_TIME = 4;
const TIMES = 10;
const SECONDS = 10;
/** What the orderly accounts ask for together while one floods. */
const ORDERLY_SHARE = 0.5;
const OUTCOME_MS = 60_000;

/** What became of one submission, and how long after it was due. */
interface Fate {
  readonly end: 'decided' | 'refused';
  readonly tookMs: number;
  readonly atMs: number;
}

type Door = Contestant['doors'][number] & Pick<LedgerClient, 'submit'>;

async function fateOf(door: Door, bytes: Uint8Array, dueAtMs: number): Promise<Fate> {
  const end = await endOf(door, bytes);
  const atMs = performance.now();
  return { end, tookMs: atMs - dueAtMs, atMs };
}

/** A refusal is a code of admission, or the connection's own when too much of it waits. */
async function endOf(door: Door, bytes: Uint8Array): Promise<Fate['end']> {
  try {
    const admitted = await door.submit(bytes);
    if (!admitted.ok) return 'refused';
    const outcome = await door.outcome(admitted.txId, OUTCOME_MS);
    if (outcome === undefined) throw new Error('What was admitted was not decided in time.');
    return outcome.code === 0 ? 'decided' : 'refused';
  } catch (error) {
    if (error instanceof LedgerRefusal) return 'refused';
    throw error;
  }
}

function print(line: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify(line));
}

async function maximumOf({ doors, ledger }: Contestant, count: number): Promise<number> {
  const queues = signTransfers(ledger, count);
  const begunAt = performance.now();
  await decideAll(doors, ledger, queues, AT_A_TIME);
  return (count * 1_000) / (performance.now() - begunAt);
}

const took = (fates: readonly Fate[], end: Fate['end']): number[] =>
  fates.filter((fate) => fate.end === end).map(({ tookMs }) => tookMs);

/** Everybody together asks for ten times what can be decided. */
async function benchTenfold(contestant: Contestant, maximum: number): Promise<void> {
  const { doors, ledger } = contestant;
  const count = Math.floor(maximum * TIMES * SECONDS);
  const queues = signTransfers(ledger, count);
  const begunAt = performance.now();
  const fates = await openLoop(maximum * TIMES, count, (index, dueAtMs) =>
    fateOf(doors[index % doors.length]!, queues[index % queues.length]![Math.floor(index / queues.length)]!, dueAtMs),
  );
  const until = begunAt + SECONDS * 1_000;
  const decided = fates.filter(({ end, atMs }) => end === 'decided' && atMs <= until).length;
  print({
    figure: 'overload',
    asked: count,
    decidedOverMaximum: rounded(decided / SECONDS / maximum),
    mustHold: 0.9,
    refused: took(fates, 'refused').length,
    refusalP50Ms: rounded(median(took(fates, 'refused'))),
    refusalP99Ms: rounded(quantile(took(fates, 'refused'), 0.99)),
  });
}

/** One account asks for ten times everything, with whatever nonce is next; the others for half of it together. */
async function benchFlood(contestant: Contestant, maximum: number, isFlooded: boolean): Promise<number> {
  const { doors, ledger } = contestant;
  const [flooder, ...others] = ledger.members as [Member, ...Member[]];
  const perSecond = maximum * ORDERLY_SHARE;
  const count = Math.floor(perSecond * SECONDS);
  const orderly = Array.from({ length: count }, (_, index) =>
    ledger.transfer(others[index % others.length]!, others[(index + 1) % others.length]!),
  );
  let flooded = 0;
  let next = ledger.transfer(flooder, others[0]!);
  const flood = async (): Promise<void> => {
    await openLoop(maximum * TIMES, Math.floor(maximum * TIMES * SECONDS), async (index) => {
      const bytes = next;
      if ((await endOf(doors[index % doors.length]!, bytes)) !== 'decided') return;
      flooded += 1;
      if (bytes === next) next = ledger.transfer(flooder, others[0]!);
    });
  };
  const flooding = isFlooded ? flood() : Promise.resolve();
  const fates = await openLoop(perSecond, count, (index, dueAtMs) =>
    fateOf(doors[index % doors.length]!, orderly[index]!, dueAtMs),
  );
  await flooding;
  const decided = took(fates, 'decided');
  print({
    figure: isFlooded ? 'others beside an account that floods' : 'others without it',
    asked: count,
    decided: decided.length,
    p50Ms: rounded(median(decided)),
    p99Ms: rounded(quantile(decided, 0.99)),
    ofTheFlooder: flooded,
  });
  return decided.length / count;
}

/** What the bar asks of a ledger that is asked for too much: ten times the maximum by everybody, and by one account. */
export async function benchOverload(): Promise<void> {
  const contestant = await startEmbedded(MEMBERS);
  try {
    await maximumOf(contestant, WARM_UP);
    const maximum = await maximumOf(contestant, FOR_MAXIMUM);
    print({ figure: 'maximum', perSecond: Math.round(maximum) });
    const alone = await benchFlood(contestant, maximum, false);
    const beside = await benchFlood(contestant, maximum, true);
    print({ figure: 'share of the others', besideOverAlone: rounded(beside / alone), mustHold: 0.8 });
    await benchTenfold(contestant, maximum);
  } finally {
    await contestant.stop();
  }
}
