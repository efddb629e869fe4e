import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkModule } from '#components/tasks/module-check.ts';
import { MANDELBROT } from '#components/tasks/samples.ts';
import { needFault } from '#ledger/contracts/plan/exact.ts';
import { decodePayload, encodePayload, subtaskInputs } from '#ledger/core/payload.ts';
import {
  canMatch,
  EMPTY_REQUEST,
  isMatched,
  KIND_NAMES,
  requestFrom,
  sampleRequest,
  type RequestDraft,
} from './draft.ts';
import { withoutWhatIsMet } from './analysis-pane.tsx';
import { knownFacts, workFacts } from './foreseen.tsx';
import { copiesInWords, limitsInWords, openInWords, regionsOf, whereInWords, zonesOf } from './further-words.ts';
import { readInputs } from './inputs.ts';
import { isFillable, relaxationInWords, relaxed } from './relax.ts';
import { payloadBytesOf, publishArgs, readRequest, type Chosen } from './request.ts';

const bytes = new Uint8Array(readFileSync(join(resolve(import.meta.dirname, '../../public'), MANDELBROT.file)));
const checked = checkModule(bytes);
const chosen: Chosen = checked.ok ? { program: { bytes, facts: checked.facts } } : {};
const textOf = (input: Uint8Array): string => new TextDecoder().decode(input);
const encrypted = { algorithm: 'ab'.repeat(32), digest: 'cd'.repeat(32), ciphertext: new Uint8Array(100) };

function requestOf(draft: RequestDraft, of = chosen) {
  const read = readRequest(draft, of);
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.request;
}

describe('inputs', () => {
  test('lines are dealt out in portions, each with the heading where there is one, and none is lost [8.4.1-a]', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 9 }), (lines, perSubtask) => {
        const rows = Array.from({ length: lines }, (_, index) => `row ${index}\n`);
        const draft = {
          ...EMPTY_REQUEST,
          split: 'lines' as const,
          texts: `name\n${rows.join('')}`,
          perSubtask: String(perSubtask),
          hasHeading: true,
        };
        const read = readInputs(draft, undefined);
        const inputs = read.ok ? subtaskInputs(read.value.inputs).map(textOf) : [];
        expect(inputs.length).toBe(Math.ceil(lines / perSubtask));
        expect(inputs.every((input) => input.startsWith('name\n'))).toBe(true);
        expect(inputs.map((input) => input.slice('name\n'.length)).join('')).toBe(rows.join(''));
      }),
    );
  });

  test('what cannot be divided is said at its field', () => {
    const problem = (part: Partial<RequestDraft>): unknown => {
      const read = readInputs({ ...EMPTY_REQUEST, ...part }, undefined);
      return read.ok ? 'taken' : [read.field, read.sentence];
    };
    expect(problem({ split: 'list', texts: ' \n' })).toEqual(['texts', expect.stringContaining('one a line')]);
    expect(problem({ split: 'lines', texts: 'a\n', perSubtask: '0' })).toEqual(['perSubtask', expect.any(String)]);
    expect(problem({ split: 'range', from: '5', to: '5', subtasks: '1' })).toEqual(['to', expect.any(String)]);
    expect(problem({ split: 'range', from: '0', to: '5', subtasks: '6' })).toEqual([
      'subtasks',
      expect.stringContaining('to 5'),
    ]);
    expect(problem({ split: 'range', from: '0', to: '5', subtasks: '5' })).toBe('taken');
  });
});

describe('a request', () => {
  test('of the sample is one that the contract takes, with its limits and its largest input measured [8.3.2-a]', () => {
    const request = requestOf(sampleRequest('3000000'));
    const args = publishArgs(request, encrypted);
    const { needs = [], work = [], durationMs = 0n } = args ?? {};
    expect(needFault({ needs, work, durationMs })).toBeUndefined();
    const inputs = request.work ? subtaskInputs(request.work.payload.inputs) : [];
    expect(work[0]).toMatchObject({
      subtasks: 16n,
      split: 'list',
      cpuMs: 5_000n,
      memoryMiB: 16n,
      outputBytes: 200_000n,
    });
    expect(work[0]?.inputBytes).toBe(BigInt(Math.max(...inputs.map(({ length }) => length))));
    expect(args?.budgetMicro).toBe(3_000_000n);
    expect(publishArgs(request)).toBeUndefined();
  });

  test('of each kind by itself, and of all of them with a program, is one that the contract takes', () => {
    const bounds = { budget: '5', purpose: 'research', fieldOfBusiness: 'other' };
    for (const kinds of [...KIND_NAMES.map((kind) => [kind]), KIND_NAMES]) {
      const args = publishArgs(requestOf({ ...EMPTY_REQUEST, ...bounds, hasWork: false, kinds }));
      expect(args && needFault(args)).toBeUndefined();
      expect(args?.needs.map(({ kind }) => kind)).toEqual(kinds);
    }
    // A request has no more needs than four, and a program is one.
    const all = { ...sampleRequest('1'), kinds: KIND_NAMES.slice(0, 3), region: ' Frankfurt ', zone: '' };
    const args = publishArgs(requestOf(all), encrypted);
    expect(args && needFault(args)).toBeUndefined();
    // The first need of the kind carries the program: it states no amounts.
    expect(args?.needs[0]).toMatchObject({
      kind: 'computing',
      terms: [{ name: 'region', value: 'Frankfurt' }],
      amounts: [],
    });
  });

  test('that is not whole says what is wrong with each field, and what a program needs of memory', () => {
    const errorsOf = (draft: RequestDraft, of = chosen): object => {
      const read = readRequest(draft, of);
      return read.ok ? {} : read.errors;
    };
    expect(Object.keys(errorsOf(EMPTY_REQUEST, {})).toSorted()).toEqual([
      'algorithm',
      'budget',
      'fieldOfBusiness',
      'purpose',
      'texts',
    ]);
    expect(errorsOf({ ...sampleRequest('1'), memory: '3' })).toMatchObject({
      memory: expect.stringContaining('4 MiB'),
    });
    expect(errorsOf({ ...sampleRequest('1'), hasWork: false })).toMatchObject({ kinds: expect.any(String) });
    const large: Chosen = { ...chosen, files: [new Uint8Array(8 * 1024 * 1024 - 100)] };
    expect(errorsOf({ ...sampleRequest('1'), files: 'x' }, large)).toMatchObject({
      texts: expect.stringContaining('carried'),
    });
  });

  test('carries the program, its arguments and inputs as agents read them, and as many bytes as are said before', () => {
    const { work } = requestOf(sampleRequest('1'));
    const plaintext = encodePayload(
      work?.payload ?? { module: bytes, args: [], inputs: { split: 'list', inputs: [] } },
    );
    expect(decodePayload(plaintext, plaintext.length)).toMatchObject({ args: ['500'], inputs: { split: 'list' } });
    expect(work && payloadBytesOf(work.payload)).toBe(plaintext.length + 28);
  });
});

test('a draft comes back from the text that was kept of it, and any other text is none', () => {
  const draft = sampleRequest('1');
  expect(requestFrom(JSON.stringify(draft))).toEqual(draft);
  for (const text of [
    '',
    '{}',
    'null',
    '[]',
    JSON.stringify({ ...draft, split: 'random' }),
    JSON.stringify({ ...draft, kinds: ['x'] }),
  ])
    expect([text.slice(0, 20), requestFrom(text)]).toEqual([text.slice(0, 20), undefined]);
});

test('what would help fills the form where it has a field for it, and the filled form is a request again [8.3.2-a]', () => {
  const draft: RequestDraft = { ...sampleRequest('1'), kinds: ['storage'] };
  const cases = [
    [{ need: 0, what: 'budget', name: '', to: '4000000' }, { budget: '4.00' }, 'a budget of 4.00 tokens'],
    [
      { need: 0, what: 'duration', name: '', to: '7200000' },
      { duration: '2', durationUnit: 'hours' },
      '2 hours of use',
    ],
    [{ need: 0, what: 'run', name: '', to: '2000' }, { cpu: '2' }, '2 seconds for a sub-task'],
    [{ need: 0, what: 'term', name: 'region', to: 'Frankfurt' }, { region: 'Frankfurt' }, 'region Frankfurt'],
    [{ need: 0, what: 'amount', name: 'memoryMiB', to: '8' }, { memory: '8' }, 'memory: 8 MiB'],
  ] as const;
  for (const [relaxation, part, words] of cases) {
    expect(isFillable(relaxation, { hasWork: true, kinds: ['computing', 'storage'] })).toBe(true);
    const filled = relaxed(draft, relaxation);
    expect(filled).toMatchObject(part);
    expect(filled && readRequest(filled, chosen).ok).toBe(true);
    expect(relaxationInWords(relaxation, 'computing')).toBe(words);
  }
  const stored = relaxed(draft, { need: 1, what: 'amount', name: 'storedBytes', to: '500000000' });
  expect(stored?.needs.storage?.amounts.storedBytes).toBe('0.5');
  const slots = { need: 0, what: 'amount', name: 'slots', to: '2' };
  expect(isFillable(slots, { hasWork: true, kinds: ['computing'] })).toBe(false);
  expect(isFillable(slots, { hasWork: false, kinds: ['computing'] })).toBe(true);
  expect(relaxed(draft, { need: 0, what: 'promise', name: 'score', to: '5' })).toBeUndefined();
  expect(relaxed(draft, { need: 4, what: 'budget', to: '5' })).toBeUndefined();
  expect(relaxed(draft, { what: 'budget', to: '5e3' })).toBeUndefined();
});

describe('a request that is to be matched and bought by itself', () => {
  const draft: RequestDraft = {
    ...sampleRequest('1'),
    hasWork: false,
    kinds: ['storage'],
    buying: 'match',
    open: '1',
    openUnit: 'hours',
  };
  const key = new Uint8Array(32).fill(9);
  const errorsOf = (of: RequestDraft, given: Chosen) => {
    const read = readRequest(of, given);
    return read.ok ? {} : read.errors;
  };

  test('is signed as one, sealed to this browser’s key and without a backup; as soon as it is no single need it is one for plans again [8.3.2-b]', () => {
    const given = { encryptionKey: key, epochMs: 600_000 };
    const matched = requestOf({ ...draft, backup: true }, given);
    expect(publishArgs(matched)).toMatchObject({ batch: true, backup: false, encryptionKey: key, work: [] });
    for (const part of [{ kinds: ['storage', 'data'] }, { hasWork: true }] as const) {
      const other: RequestDraft = { ...draft, ...part, kinds: [...(part.kinds ?? draft.kinds)], backup: true };
      expect([canMatch(other), isMatched(other)]).toEqual([false, false]);
      const read = readRequest(other, { ...chosen, ...given });
      if (read.ok)
        expect(read.request.args).toMatchObject({ batch: false, backup: true, encryptionKey: new Uint8Array(32) });
    }
    expect(requestOf({ ...draft, buying: 'plans' }, given).args).toMatchObject({
      batch: false,
      encryptionKey: new Uint8Array(32),
    });
  });

  test('is refused without a key, and where it would expire before a match can come', () => {
    expect(errorsOf(draft, { epochMs: 600_000 })).toEqual({ buying: expect.stringContaining('key') });
    const short = { ...draft, open: '9', openUnit: 'minutes' } as const;
    expect(errorsOf(short, { encryptionKey: key, epochMs: 600_000 })).toEqual({
      open: expect.stringContaining('10 minutes'),
    });
    expect(errorsOf({ ...short, open: '10' }, { encryptionKey: key, epochMs: 600_000 })).toEqual({});
    expect(errorsOf({ ...short, buying: 'plans' }, { epochMs: 600_000 })).toEqual({});
  });
});

test('what is known of a request is said before it is whole, and of a whole one it is what will be signed [8.3.2-a]', () => {
  const half: RequestDraft = { ...EMPTY_REQUEST, texts: 'one\ntwo two\n', copies: '2', cpu: '3' };
  const values = Object.fromEntries(knownFacts(half, {}).map(({ name, value }) => [name, value]));
  expect(values).toMatchObject({ 'Sub-tasks': '2', Runs: '4 runs' });
  expect(values['Processor time at most']).toContain('12');
  expect(values['Uploaded, encrypted']).toBeUndefined();
  expect(knownFacts({ ...half, hasWork: false }, {})).toEqual([]);
  const whole = sampleRequest('1');
  const { work } = requestOf(whole);
  expect(knownFacts(whole, chosen)).toEqual(work && workFacts(work));
});

test('what is rarely changed stands in words as it is typed, and says so where it cannot be read', () => {
  expect(limitsInWords(EMPTY_REQUEST)).toBe(
    'at most 10 seconds of processor time, 64 MiB of memory, 1 megabyte written',
  );
  expect(limitsInWords({ ...EMPTY_REQUEST, cpu: 'x' })).toContain('not readable yet of processor time');
  expect(copiesInWords({ hasWork: true, copies: '2', backup: true })).toBe(
    'each sub-task on two providers, compared; a backup for each part',
  );
  expect(copiesInWords({ hasWork: false, copies: '2', backup: false })).toBe('no backup');
  expect(openInWords(EMPTY_REQUEST)).toBe('1 hour, for plans');
  expect(openInWords({ ...EMPTY_REQUEST, open: '' })).toBe('not readable yet, for plans');
  expect(whereInWords({ region: ' ', zone: '' })).toBe('anywhere');
  expect(whereInWords({ region: '', zone: 'b' })).toContain('any region, zone');
  const places = [
    { kind: 'computing', region: 'US-WA', zone: 'Seattle 2' },
    { kind: 'computing', region: 'US-WA', zone: 'Seattle 1' },
    { kind: 'computing', region: 'DE', zone: 'fra-1' },
    { kind: 'storage', region: 'interpool', zone: null },
  ];
  expect(regionsOf(places, 'computing')).toEqual(['DE', 'US-WA']);
  expect(regionsOf(places, 'storage')).toEqual(['interpool']);
  expect(zonesOf(places, 'computing', 'US-WA ')).toEqual(['Seattle 1', 'Seattle 2']);
  expect(zonesOf(places, 'storage', 'interpool')).toEqual([]);
  expect(zonesOf(places, 'computing', 'elsewhere')).toEqual(['Seattle 1', 'Seattle 2', 'fra-1']);
});

test('what would be enough together is told only where more is asked of it: with plans, or a budget that reaches, nothing has to change', () => {
  const relax = [
    { need: 0, what: 'budget', name: '', to: '120000', more: 0 },
    { need: 0, what: 'run', name: '', to: '5000', more: 3 },
  ] as const;
  const whyNot = { entries: [], relax: [...relax], next: null };
  const told = (budgetMicro: string) =>
    withoutWhatIsMet(whyNot, { budgetMicro, durationMs: 3_600_000 }).relax.map(({ what }) => what);
  expect(told('50000000')).toEqual(['run']);
  expect(told('119999')).toEqual(['budget', 'run']);
});
