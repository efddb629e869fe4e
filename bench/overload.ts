import type { Member } from '#ledger/engines/testing/ledger-home.ts';
import { startEmbedded, type Contestant } from './contestants.ts';
import { fateOf, refusals, tookMs, type Fate } from './decide.ts';
import { LOADED_MEMBERS, maximumOf } from './maximum.ts';
import { openLoop } from './open-loop.ts';
import { median, percentiles, print, quantile, rounded } from './statistics.ts';
import { loadWith } from './under-load.ts';

const TIMES = 10;
const SECONDS = 10;
/** What the orderly accounts ask for together while one floods. */
const ORDERLY_SHARE = 0.5;

/** Everybody together asks for ten times what can be decided. */
async function benchTenfold(contestant: Contestant, maximum: number): Promise<void> {
  const fates = await loadWith(contestant, maximum * TIMES, SECONDS);
  const first = fates[0];
  if (first === undefined) throw new Error('Nothing was asked for.');
  const until = first.atMs - first.tookMs + SECONDS * 1_000;
  const decided = fates.filter(({ end, atMs }) => end === 'decided' && atMs <= until).length;
  print({
    figure: 'overload',
    asked: fates.length,
    decidedOverMaximum: rounded(decided / SECONDS / maximum),
    mustHold: 0.9,
    refused: refusals(fates),
    refusalP50Ms: rounded(median(tookMs(fates, 'refused'))),
    refusalP99Ms: rounded(quantile(tookMs(fates, 'refused'), 0.99)),
  });
}

/** One account asks for ten times everything, each time with another signature, by a connection of its own; the others for half of it together. */
async function benchFlood(contestant: Contestant, maximum: number, isFlooded: boolean): Promise<number> {
  const { ledger } = contestant;
  const [floodDoor, ...doors] = contestant.doors;
  if (floodDoor === undefined) throw new Error('There are no doors.');
  const [flooder, ...others] = ledger.members as [Member, ...Member[]];
  const perSecond = maximum * ORDERLY_SHARE;
  const count = Math.floor(perSecond * SECONDS);
  const orderly = Array.from({ length: count }, (_, index) =>
    ledger.transfer(others[index % others.length]!, others[(index + 1) % others.length]!),
  );
  const flood = async (): Promise<Fate[]> => {
    const signed = Array.from({ length: Math.floor(maximum * TIMES * SECONDS) }, () =>
      ledger.transfer(flooder, others[0]!),
    );
    return openLoop(maximum * TIMES, signed.length, (index, dueAtMs) => fateOf(floodDoor, signed[index]!, dueAtMs));
  };
  const flooding = isFlooded ? flood() : Promise.resolve([]);
  const fates = await openLoop(perSecond, count, (index, dueAtMs) =>
    fateOf(doors[index % doors.length]!, orderly[index]!, dueAtMs),
  );
  const ofTheFlooder = await flooding;
  const decided = tookMs(fates, 'decided');
  print({
    figure: isFlooded ? 'others beside an account that floods' : 'others without it',
    asked: count,
    decided: decided.length,
    ...percentiles(decided),
    refused: refusals(fates),
    ofTheFlooder: tookMs(ofTheFlooder, 'decided').length,
    refusedToTheFlooder: refusals(ofTheFlooder),
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
