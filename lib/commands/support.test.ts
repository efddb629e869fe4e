import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { placeOf } from '#lib/read-model.ts';
import { getSupportMessages } from '#lib/queries/repairs.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { sendSupportMessage } from './support.ts';

let model: TestReadModel;
let client: pg.Client;
beforeAll(async () => {
  model = await startReadModel();
  client = new pg.Client({ connectionString: model.projectorUrl });
  await client.connect();
  for (const [id, closedAtMs] of [
    [1, 'NULL'],
    [2, '9'],
    [3, 'NULL'],
  ] as const)
    await client.query(`INSERT INTO ${placeOf('incidents')} ("id", "node", "operator", "cause", "openedBy", "detectedMs", "openedAtMs", "steps", "text", "closedAtMs")
      VALUES (${id}, 1, 1, 'not-reachable', 17, 1, 2, 0, '', ${closedAtMs})`);
});
afterAll(async () => {
  await client.end();
  await model.stop();
});

const person = (id: number, ...roles: string[]): Viewer => ({
  kind: 'person',
  jti: 'none',
  address: id.toString(16).padStart(2, '0').repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id, roles, encryptionKey: '', name: null },
});
const [operator, maintainer, stranger] = [person(1, 'NRC', 'NRP'), person(17, 'NRNSM'), person(4, 'NRC')];
const say = (who: Viewer, incident: number, text: unknown) => runAs(who, () => sendSupportMessage(incident, text));

test('a maintainer and the operator of the node talk about an incident, and nobody else reads it [6.2.2-d]', async () => {
  expect(await say(maintainer, 1, ' Is it switched on?\nThe portal does not hear it. ')).toMatchObject({ ok: true });
  expect(await say(operator, 1, 'A fuse. Ten minutes.')).toMatchObject({ ok: true });
  const expected = [
    { account: { id: 17 }, text: 'Is it switched on?\nThe portal does not hear it.' },
    { account: { id: 1 }, text: 'A fuse. Ten minutes.' },
  ];
  for (const who of [maintainer, operator])
    expect(await runAs(who, () => getSupportMessages(1))).toMatchObject(expected);
  expect(await runAs(stranger, () => getSupportMessages(1))).toBeNull();
  expect(await say(stranger, 1, 'Hello?')).toMatchObject({ ok: false, code: 9003 });
});

test.each([
  ['nothing', ''],
  ['blanks', ' \n '],
  ['too much', 'x'.repeat(1_001)],
  ['control characters', 'a\u0000b'],
  ['half a character', '\ud800'],
  ['no text', { toString: 'x' }],
  ['a number', 7],
])('a message of %s is refused in a sentence', async (_what, text) => {
  expect(await say(maintainer, 1, text)).toMatchObject({
    ok: false,
    code: 9004,
    sentence: expect.stringMatching(/^The message .*\.$/) as string,
  });
});

test('an incident that is closed, or that there is not, takes no message', async () => {
  expect(await say(maintainer, 2, 'Still there?')).toMatchObject({ ok: false, code: 9004 });
  for (const incident of [99, 0, -1, 1.5, Number.NaN, 2 ** 60])
    expect(await say(maintainer, incident, 'Hello?')).toMatchObject({ ok: false, code: 9003 });
});

test('one account says ten things a minute at most', async () => {
  const results = [];
  for (let count = 0; count < 12; count++) results.push((await say(operator, 3, `Message ${count}.`)).ok);
  // One was said above.
  expect(results.filter(Boolean)).toHaveLength(9);
  expect(await say(maintainer, 3, 'I hear you.')).toMatchObject({ ok: true });
});
