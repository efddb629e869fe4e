import { expect, test } from 'vitest';
import { nodeCodes } from '#ledger/contracts/node/definition.ts';
import type { LedgerCommand } from './ledger-terms.ts';
import { NodeDuty } from './node-duty.ts';
import type { OwnNode } from './order-book.ts';
import type { Submission } from './submission.ts';

const OWN: OwnNode = {
  node: 5,
  key: 1,
  software: '1.4.0',
  endpoint: 'https://agent.example',
  status: 'active',
  isHeard: false,
};
const decided = (code: number): Submission => ({ kind: 'decided', tx: '', code, data: null, logIndex: null });

/** An agent with what its book says, and a ledger that answers so. */
function rig(node: OwnNode | null, answer: Submission = decided(0)) {
  const sent: LedgerCommand[] = [];
  const said: string[] = [];
  const world = { nowMs: 0 };
  const book = { identity: { account: 1, key: 1 }, node } as {
    identity: { account: number; key: number } | null;
    node: OwnNode | null;
  };
  const duty = new NodeDuty({
    book,
    label: ' Seattle\tagent ',
    software: '1.4.0',
    publicOrigin: 'https://Agent.example/',
    nowMs: () => world.nowMs,
    submit: (command) => {
      sent.push(command);
      return Promise.resolve(answer);
    },
    log: (sentence) => said.push(sentence),
  });
  return { duty, sent, said, book, world };
}

test('an agent that is paired registers with its own words, once until the event follows [6.2.1-b]', async () => {
  const { duty, sent, world } = rig(null);
  await duty.perform();
  await duty.perform();
  expect(sent).toMatchObject([
    {
      method: { name: 'RegisterNode' },
      args: { class: 'service', name: 'Seattle agent', software: '1.4.0', endpoint: 'https://agent.example' },
    },
  ]);
  world.nowMs = 30_000;
  await duty.perform();
  expect(sent).toHaveLength(2);
});

test('one that is not paired, or whose words stand, says nothing', () => {
  const unpaired = rig(null);
  unpaired.book.identity = null;
  expect(unpaired.duty.due()).toBeNull();
  expect(rig(OWN).duty.due()).toBeNull();
});

test.each<[string, Partial<OwnNode>]>([
  ['another version', { software: '1.3.0' }],
  ['another address', { endpoint: '' }],
  ['a report of which no sign was given', { status: 'suspended' }],
])('%s is said to the register', (_what, change) => {
  expect(rig({ ...OWN, ...change }).duty.due()).toMatchObject({
    method: { name: 'UpdateNode' },
    args: { software: '1.4.0', endpoint: 'https://agent.example' },
  });
});

test('a sign is given once, and a node that was taken out is left so', () => {
  expect(rig({ ...OWN, status: 'suspended', isHeard: true }).duty.due()).toBeNull();
  expect(rig({ ...OWN, status: 'retired', software: '1.0.0' }).duty.due()).toBeNull();
});

test('another key than that of the node in the book registers anew', () => {
  expect(rig({ ...OWN, key: 2 }).duty.due()).toMatchObject({ method: { name: 'RegisterNode' } });
});

test('a key that was authorised before says what to do in one line, and the agent asks no more', async () => {
  const { duty, sent, said, world } = rig(null, { kind: 'refused', code: 13, sentence: 'not allowed' });
  await duty.perform();
  world.nowMs = 1_000_000;
  await duty.perform();
  expect(sent).toHaveLength(1);
  expect(said.join()).toContain('authorise a new key for it');
});

test('what did not go through is tried again, later and later; a key that has a node already is not', async () => {
  const away = rig(null, { kind: 'unknown', sentence: 'away' });
  for (const nowMs of [0, 1_999, 2_000, 5_999, 6_000]) {
    away.world.nowMs = nowMs;
    await away.duty.perform();
  }
  expect(away.sent).toHaveLength(3);
  const taken = rig(null, decided(nodeCodes.KEY_REGISTERED));
  await taken.duty.perform();
  expect(taken.duty.due()).toBeNull();
});
