import { setTimeout as delay } from 'node:timers/promises';
import { LedgerRefusal, LedgerUnavailable, type LedgerClient } from '#ledger/client/ledger-client.ts';
import type { Member } from '#ledger/engines/testing/ledger-home.ts';
import { startEmbedded, type Contestant } from './contestants.ts';
import { LOADED_MEMBERS, maximumOf } from './maximum.ts';
import { openLoop } from './open-loop.ts';
import { median, percentiles, print, quantile, rounded } from './statistics.ts';
import { signInTurns } from './under-load.ts';

const TIMES = 10;
const SECONDS = 10;
/** What the orderly accounts ask for together while one floods. */
const ORDERLY_SHARE = 0.5;
const OUTCOME_MS = 60_000;
const ASK_AGAIN_MS = 50;

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

/** Its id once it is admitted; undefined when it is refused: by a code, by the ledger process when too much of a connection waits, or by the client for the same reason. */
async function admittedAs(door: Door, bytes: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    const admitted = await door.submit(bytes);
    return admitted.ok ? admitted.txId : undefined;
  } catch (error) {
    if (error instanceof LedgerRefusal || error instanceof LedgerUnavailable) return undefined;
    throw error;
  }
}

async function endOf(door: Door, bytes: Uint8Array): Promise<Fate['end']> {
  const txId = await admittedAs(door, bytes);
  if (txId === undefined) return 'refused';
  for (;;) {
    try {
      const outcome = await door.outcome(txId, OUTCOME_MS);
      if (outcome === undefined) throw new Error('What was admitted was not decided in time.');
      return outcome.code === 0 ? 'decided' : 'refused';
    } catch (error) {
      // The question is refused as well while too much waits; what was admitted is asked for again.
      if (!(error instanceof LedgerRefusal) && !(error instanceof LedgerUnavailable)) throw error;
      await delay(ASK_AGAIN_MS);
    }
  }
}

const took = (fates: readonly Fate[], end: Fate['end']): number[] =>
  fates.filter((fate) => fate.end === end).map(({ tookMs }) => tookMs);

/** Everybody together asks for ten times what can be decided. */
async function benchTenfold(contestant: Contestant, maximum: number): Promise<void> {
  const { doors } = contestant;
  const count = Math.floor(maximum * TIMES * SECONDS);
  const transfers = signInTurns(contestant, count);
  const begunAt = performance.now();
  const fates = await openLoop(maximum * TIMES, count, (index, dueAtMs) =>
    fateOf(doors[index % doors.length]!, transfers[index]!, dueAtMs),
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

/** One account asks for ten times everything, each time with another signature, by a connection of its own; the others for half of it together. */
async function benchFlood(contestant: Contestant, maximum: number, isFlooded: boolean): Promise<number> {
  const { ledger } = contestant;
  const [floodDoor, ...doors] = contestant.doors as [Door, ...Door[]];
  const [flooder, ...others] = ledger.members as [Member, ...Member[]];
  const perSecond = maximum * ORDERLY_SHARE;
  const count = Math.floor(perSecond * SECONDS);
  const orderly = Array.from({ length: count }, (_, index) =>
    ledger.transfer(others[index % others.length]!, others[(index + 1) % others.length]!),
  );
  const flood = async (): Promise<number> => {
    const count = Math.floor(maximum * TIMES * SECONDS);
    const signed = Array.from({ length: count }, () => ledger.transfer(flooder, others[0]!));
    const ends = await openLoop(maximum * TIMES, count, (index) => endOf(floodDoor, signed[index]!));
    return ends.filter((end) => end === 'decided').length;
  };
  const flooding = isFlooded ? flood() : Promise.resolve(0);
  const fates = await openLoop(perSecond, count, (index, dueAtMs) =>
    fateOf(doors[index % doors.length]!, orderly[index]!, dueAtMs),
  );
  const ofTheFlooder = await flooding;
  const decided = took(fates, 'decided');
  print({
    figure: isFlooded ? 'others beside an account that floods' : 'others without it',
    asked: count,
    decided: decided.length,
    ...percentiles(decided),
    ofTheFlooder,
  });
  return decided.length / count;
}

/** What the bar asks of a ledger that is asked for too much: ten times the maximum by everybody, and by one account. */
export async function benchOverload(): Promise<void> {
  const contestant = await startEmbedded(LOADED_MEMBERS);
  try {
    const maximum = await maximumOf(contestant);
    print({ figure: 'maximum', perSecond: Math.round(maximum) });
    const alone = await benchFlood(contestant, maximum, false);
    const beside = await benchFlood(contestant, maximum, true);
    print({ figure: 'share of the others', besideOverAlone: rounded(beside / alone), mustHold: 0.8 });
    await benchTenfold(contestant, maximum);
  } finally {
    await contestant.stop();
  }
}
