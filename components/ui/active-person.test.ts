import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { followActivePerson, isElsewhere, writeActivePerson, type TabPerson } from './active-person.ts';

const ash: TabPerson = { address: '0xAbCd', name: 'Ash' };
const birch: TabPerson = { address: '0x1234', name: 'Birch' };

test.each<[string, TabPerson | null, TabPerson | null | undefined, boolean]>([
  ['another person has signed in', ash, birch, true],
  ['its owner has signed out', ash, null, true],
  ['its owner is active, however the address is written', ash, { ...ash, address: '0xabcd' }, false],
  ['no tab has said anything', ash, undefined, false],
  ['it is nobody’s', null, birch, false],
])('a page is somebody else’s by now or not: %s', (_what, owner, active, expected) => {
  expect(isElsewhere(owner, active)).toBe(expected);
});

type Told = TabPerson | null | undefined;
const address = async ({ address: known }: TabPerson) => Promise.resolve(known);

/** Another tab speaks: storage has it at once, and the event comes when it comes. */
const speak = (person: TabPerson) => writeActivePerson(person);
const hear = () => window.dispatchEvent(Object.assign(new Event('storage'), { key: 'interpool-active-person' }));

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.useFakeTimers();
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('document', new EventTarget());
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('the server’s word counts where another tab was rendered before and spoke later', async () => {
  const told: Told[] = [];
  followActivePerson(
    ash,
    (person) => told.push(person),
    async () => address(ash),
  );
  speak(birch);
  hear();
  await vi.runAllTimersAsync();
  expect(told).toEqual([birch, ash]);
});

test('an answer from before a switch does not speak over the tab that has switched meanwhile, heard or not', async () => {
  const told: Told[] = [];
  let answer = (_known: string) => {};
  const asked = vi.fn<() => Promise<string>>();
  asked.mockImplementationOnce(async () => new Promise((resolve) => (answer = resolve)));
  asked.mockImplementation(async () => address(birch));
  followActivePerson(ash, (person) => told.push(person), asked);
  speak(birch);
  hear();
  await vi.advanceTimersByTimeAsync(10);
  speak(birch);
  answer(ash.address);
  await vi.runAllTimersAsync();
  expect(told.at(-1)).toEqual(birch);
  expect(localStorage.getItem('interpool-active-person')).toContain(birch.address);
});

test('a server that does not answer is asked again, until the page goes', async () => {
  const told: Told[] = [];
  const asked = vi.fn<() => Promise<string>>();
  asked.mockRejectedValueOnce(new Error('away'));
  asked.mockRejectedValueOnce(new Error('away'));
  asked.mockImplementation(async () => address(ash));
  const stop = followActivePerson(ash, (person) => told.push(person), asked);
  speak(birch);
  hear();
  await vi.runAllTimersAsync();
  expect([asked.mock.calls.length, told.at(-1)]).toEqual([3, ash]);
  asked.mockRejectedValue(new Error('away'));
  speak(birch);
  hear();
  stop();
  await vi.runAllTimersAsync();
  expect(asked.mock.calls.length).toBe(4);
});
