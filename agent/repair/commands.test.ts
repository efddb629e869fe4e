import { expect, test } from 'vitest';
import { isLine } from '#ledger/contracts/shared/line.ts';
import { TEXT_MAX } from '#ledger/contracts/security/definition.ts';
import { updateNodeCommand } from '#agent/ledger-terms.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import type { OwnResource } from '#agent/order-book.ts';
import type { DescribedSource } from '#agent/source-shelf.ts';
import type { Submission } from '#agent/submission.ts';
import { SAFE_COMMANDS, SERVICE_COMMANDS } from './allowed.ts';
import { carryOut, listed, type RepairParts } from './commands.ts';

const resource = (id: number, status: OwnResource['status'] = 'published'): [number, OwnResource] => [
  id,
  { published: { resource: id, kind: 'data', sourceId: `s${id}`, attributes: [] }, status },
];
const tested: Outcome<DescribedSource> = done({ kind: 'data', attributes: [], preview: [], sentence: '' });

function rig(of: {
  resources?: [number, OwnResource][];
  test?: (id: string) => Outcome<DescribedSource>;
  changes?: string[];
  isRegistered?: boolean;
  submission?: Submission;
  reopen?: () => Promise<void>;
}) {
  const marked: unknown[] = [];
  const said: string[] = [];
  const acts: string[] = [];
  const parts: RepairParts = {
    book: { resources: new Map(of.resources ?? []) },
    shelf: {
      sources: [{ id: 's1', kind: 'data', title: 'One' }],
      test: (id) => Promise.resolve(of.test?.(id) ?? tested),
      changes: () => of.changes ?? [],
      readAll: () => Promise.resolve(void acts.push('read')),
    },
    duties: { markListing: (listing, reason) => marked.push([listing.published.resource, reason]) },
    register: () => Promise.resolve(of.isRegistered ?? true),
    said: updateNodeCommand({ software: '1.0.0', endpoint: '' }),
    submit: () => Promise.resolve(of.submission ?? { kind: 'decided', tx: '', code: 0, data: null, logIndex: null }),
    reopen: of.reopen ?? (() => Promise.resolve(void acts.push('reopened'))),
    log: (sentence) => said.push(sentence),
  };
  return { parts, marked, said, acts };
}

test('re-test reads every resource again, and what does not fit is named by its number and taken off the list [8.5.1-f]', async () => {
  const broken = failed('The file /srv/secret/rates.csv cannot be read.');
  const { parts, marked, said } = rig({
    resources: [resource(1), resource(2), resource(3, 'retired')],
    test: (id) => (id === 's2' ? broken : tested),
  });
  expect(await carryOut('re-test', parts)).toEqual({
    outcome: 'failed',
    text: '1 of 2 resources fit what is published; R-2 cannot be read.',
  });
  expect(marked).toEqual([
    [1, null],
    [2, 'source-unavailable'],
  ]);
  // The path is the operator's alone.
  expect(said.join(' ')).toContain('/srv/secret/rates.csv');
});

test('re-test is done when all of it fits, and tells a changed source from one that cannot be read', async () => {
  expect(await carryOut('re-test', rig({ resources: [resource(1)] }).parts)).toEqual({
    outcome: 'done',
    text: '1 of 1 resources fit what is published.',
  });
  const changed = rig({ resources: [resource(1), resource(2, 'suspended')], changes: ['rows: 3, published 4'] });
  expect(await carryOut('re-test', changed.parts)).toMatchObject({
    outcome: 'failed',
    text: '0 of 2 resources fit what is published; R-1 is not as published, R-2 is not as published.',
  });
  expect(changed.marked).toEqual([[1, 'metadata-mismatch']]);
});

test('re-test of an agent that has published nothing reads its sources', async () => {
  expect((await carryOut('re-test', rig({}).parts)).text).toBe('Nothing is published; 1 of 1 sources can be read.');
  expect(await carryOut('re-test', rig({ test: () => failed('It is gone.') }).parts)).toMatchObject({
    outcome: 'failed',
  });
});

test('a text about hundreds of resources is one line that the ledger takes', async () => {
  const resources = Array.from({ length: 300 }, (_, index) => resource(index + 1));
  const { text } = await carryOut('re-test', rig({ resources, test: () => failed('It is gone.') }).parts);
  expect(isLine(text, { lengthMax: TEXT_MAX })).toBe(true);
  expect(text).toMatch(/^0 of 300 resources .* and \d+ more\.$/);
  expect(listed(['a', 'b'], 9)).toBe('a, b');
});

test('re-register says its version and address to the portal and the ledger', async () => {
  expect(await carryOut('re-register', rig({}).parts)).toMatchObject({ outcome: 'done' });
  expect(await carryOut('re-register', rig({ isRegistered: false }).parts)).toMatchObject({ outcome: 'failed' });
  const submission: Submission = { kind: 'unknown', sentence: 'nobody answered' };
  expect(await carryOut('re-register', rig({ submission }).parts)).toMatchObject({ outcome: 'failed' });
});

test('restart-service closes the gateway, opens it and reads the sources', async () => {
  const { parts, acts } = rig({});
  expect(await carryOut('restart-service', parts)).toMatchObject({ outcome: 'done' });
  expect(acts).toEqual(['reopened', 'read']);
});

test('what breaks on the way is an answer, and its reason stays in the log', async () => {
  const { parts, said } = rig({ reopen: () => Promise.reject(new Error('port 4100 is taken by /usr/bin/x')) });
  expect(await carryOut('restart-service', parts)).toEqual({
    outcome: 'failed',
    text: 'It broke off; the agent’s log says why.',
  });
  expect(said.join(' ')).toContain('/usr/bin/x');
});

test('commands that cut customers off are none of the safe ones', () => {
  expect(SERVICE_COMMANDS).toEqual(['re-test', 're-register', 'restart-service']);
  expect(SAFE_COMMANDS).toEqual(['re-test', 're-register']);
});
