import { expect, test } from 'vitest';
import { createProber } from './prober.ts';
import { newSubject, type Subject } from './subjects.ts';

const NODES = 300;
/** Calls on their way at once. */
const ABREAST = 128;

/** Agents that do not answer though their heartbeats come, as when the way to them is broken; everything is due. */
function unreachable(): Subject[] {
  return Array.from({ length: NODES }, (_, id) => {
    const subject = newSubject({ id, kind: 'agent', key: String(id) });
    return Object.assign(subject, { origin: `http://n${id}.example`, probesFailed: 5, phi: 0, probedAtMs: 1 });
  });
}

/** A prober whose calls end when they are told to, and whom it called. */
function rig() {
  const called: string[] = [];
  let ends: (() => void)[] = [];
  const prober = createProber(({ url }) => {
    called.push(new URL(url).hostname);
    return new Promise((resolve) => ends.push(() => resolve({ ok: false, sentence: 'Nobody answered.' })));
  });
  const finish = async (): Promise<void> => {
    for (const end of ends) end();
    ends = [];
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { prober, called, finish };
}

test('of many that do not answer those are called first whose heartbeats stay away, wherever they stand [7.2.5-d]', () => {
  const { prober, called } = rig();
  const subjects = unreachable();
  subjects.at(-1)!.phi = 5;
  prober.send(1_000_000, subjects);
  expect(called).toHaveLength(ABREAST);
  expect(called[0]).toBe(`n${NODES - 1}.example`);
});

test('nobody is left out: while more are due than can be called at once, each has its turn before any has a second [7.2.5-d]', async () => {
  const { prober, called, finish } = rig();
  const subjects = unreachable();
  for (let look = 0; look < 3; look += 1) {
    prober.send(1_000_000 + look * 4_000, subjects);
    await finish();
  }
  expect(called.length).toBeGreaterThan(NODES);
  expect(new Set(called.slice(0, NODES)).size).toBe(NODES);
});

test('what is called already, and what has no address, is not called', async () => {
  const { prober, called, finish } = rig();
  const [one, other] = unreachable() as [Subject, Subject];
  other.origin = null;
  prober.send(1_000_000, [one, other]);
  prober.send(1_010_000, [one, other]);
  expect(called).toEqual(['n0.example']);
  await finish();
  expect(prober.take()).toMatchObject([{ isOk: false, sentence: 'Nobody answered.' }]);
});
