import { expect, test } from 'vitest';
import { arrive } from './detection/arrivals.ts';
import { lookAtSubject } from './findings.ts';
import { arrivalsOf, newSubject, type Subject } from './subjects.ts';

const BEGUN_MS = 1_000_000;
const CONTEXT = {
  chain: { status: undefined } as Parameters<typeof lookAtSubject>[2]['chain'],
  deafUntilMs: 0,
  agreed: { everyMs: 10_000 },
};

/** A portal that was called and answered; with heartbeats every ten seconds until `BEGUN_MS`, where it sends any. */
function portal(isHeard: boolean): Subject {
  const subject = newSubject({ id: 1, kind: 'portal', key: 'https://portal.example' });
  subject.origin = subject.key;
  subject.probedAtMs = BEGUN_MS;
  if (isHeard) for (let ms = BEGUN_MS - 200_000; ms <= BEGUN_MS; ms += 10_000) arrive(arrivalsOf(subject, ms - 1), ms);
  return subject;
}

function after(subject: Subject, silenceMs: number): { status: string; sentence: string } {
  lookAtSubject(subject, BEGUN_MS + silenceMs, CONTEXT);
  return { status: subject.status, sentence: subject.statusSentence };
}

test('a portal whose heartbeats come and that answers works', () => {
  expect(after(portal(true), 5_000)).toEqual({ status: 'up', sentence: 'It answers, and its heartbeats come.' });
});

test('one that falls silent is suspected while calls are answered, never failed by silence alone [7.2.3-b]', () => {
  for (const silenceMs of [40_000, 600_000])
    expect(after(portal(true), silenceMs)).toEqual({
      status: 'suspected',
      sentence: `It answers, but its last heartbeat came ${silenceMs / 1_000} s ago.`,
    });
});

test('one that does not answer three calls has failed, whether its heartbeats come or not', () => {
  for (const silenceMs of [1_000, 40_000]) {
    const gone = portal(true);
    Object.assign(gone, { probesFailed: 3, probeSentence: 'Nobody answered.' });
    expect(after(gone, silenceMs)).toEqual({
      status: 'failed',
      sentence: 'Nobody answered. That was so 3 times in a row.',
    });
  }
});

test('one that never sent any is judged by calls alone, and so is one that stopped an hour ago', () => {
  expect(after(portal(false), 600_000)).toEqual({ status: 'up', sentence: 'It answers.' });
  expect(after(portal(true), 3_600_001)).toEqual({ status: 'up', sentence: 'It answers.' });
});
