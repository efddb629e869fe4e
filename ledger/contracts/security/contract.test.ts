import { describe, expect, test } from 'vitest';
import { grantRole } from '#ledger/contracts/account/contract.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { evolve } from '#ledger/contracts/registry.ts';
import { CLOCK_AHEAD_MS_MAX } from '#ledger/contracts/shared/clock.ts';
import { runCases } from '#ledger/contracts/testing/cases.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  NODES,
  PROVIDER,
  TestLedger,
  type Outcome,
} from '#ledger/contracts/testing/test-ledger.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { COMMAND_LIFE_MS_MAX, DETECTED_AGO_MS_MAX, STEPS_MAX, TEXT_MAX, securityCodes as codes } from './definition.ts';
import { nodeTables, readNode } from '#ledger/contracts/node/record.ts';
import { openIncidentOf, readIncident, readSecurityCounters, securityTables } from './record.ts';
import { isRepair } from './repair-words.ts';

const [MAINTAINER, OTHER] = NODES;
const VALIDATOR = 1n;
const AGENT_NODE = 5n;

/** Nodes 1 to 4 validate; node 5 is the agent's, on probation. */
const fresh = (): TestLedger => {
  const ledger = new TestLedger();
  for (const by of [MAINTAINER, OTHER]) evolve(ledger.state, grantRole(by, 'NRNSM', 0n));
  ledger.authorizeAgent();
  ledger.run(
    PROVIDER,
    'RegisterNode',
    { class: 'service', name: 'agent', software: '1.4.0', endpoint: '' },
    { key: AGENT_KEY },
  );
  ledger.run(NODES[0], 'AdmitNode', { node: AGENT_NODE });
  return ledger;
};
const open = (ledger: TestLedger, fields: Args = {}, by: bigint = MAINTAINER): Outcome =>
  ledger.run(by, 'OpenIncident', {
    node: AGENT_NODE,
    cause: 'resource-failed',
    detectedMs: ledger.nowMs - 5_000n,
    ...fields,
  });
const acknowledge = (ledger: TestLedger, incident = 1n, by: bigint = MAINTAINER): Outcome =>
  ledger.run(by, 'AcknowledgeIncident', { incident });
const command = (ledger: TestLedger, fields: Args = {}, by: bigint = MAINTAINER): Outcome =>
  ledger.run(by, 'CommandRepair', {
    incident: 1n,
    command: 're-test',
    expiresAtMs: ledger.nowMs + 60_000n,
    ...fields,
  });
/** Validator 1 has an operator, and is ordered to restart. */
const operated = (): TestLedger => {
  const ledger = fresh();
  const record = readNode(ledger.state, VALIDATOR);
  if (record === undefined) throw new Error('genesis names it');
  ledger.state.write(nodeTables.nodes, VALIDATOR, { ...record, operator: PROVIDER });
  open(ledger, { node: VALIDATOR });
  acknowledge(ledger);
  command(ledger, { command: 'restart-validator' });
  return ledger;
};
const answer = (ledger: TestLedger, fields: Args = {}, key: bigint = AGENT_KEY): Outcome =>
  ledger.run(
    PROVIDER,
    'AnswerRepair',
    { incident: 1n, step: 1n, outcome: 'done', text: '2 of 2 resources fit.', ...fields },
    { key },
  );
const step = (ledger: TestLedger, fields: Args = {}, by: bigint = MAINTAINER): Outcome =>
  ledger.run(by, 'RecordRepairStep', { incident: 1n, step: 'inspected', outcome: 'done', text: '', ...fields });
const close = (ledger: TestLedger, fields: Args = {}, by: bigint = MAINTAINER): Outcome =>
  ledger.run(by, 'CloseIncident', { incident: 1n, outcome: 'restored', text: '', ...fields });

const opened = (): TestLedger => {
  const ledger = fresh();
  open(ledger);
  return ledger;
};
const acknowledged = (): TestLedger => {
  const ledger = opened();
  acknowledge(ledger);
  return ledger;
};
const commanded = (): TestLedger => {
  const ledger = acknowledged();
  command(ledger);
  return ledger;
};
const suspended = (): TestLedger => {
  const ledger = acknowledged();
  ledger.run(MAINTAINER, 'ReportNode', { node: AGENT_NODE, cause: 'not-reachable', sinceMs: ledger.nowMs });
  return ledger;
};
/** As many steps as there can be. */
const full = (): TestLedger => {
  const ledger = acknowledged();
  for (let count = 0; count < STEPS_MAX; count++) step(ledger);
  return ledger;
};

const refused = (what: string, given: () => TestLedger, when: (ledger: TestLedger) => Outcome, then: number) => ({
  what,
  given,
  when,
  then,
});

describe('security', () => {
  runCases(codes, [
    { what: 'a maintainer opens an incident [8.5.1-f]', given: fresh, when: (l) => open(l), then: ['IncidentOpened'] },
    {
      what: 'also about a validator [6.2.2-d]',
      given: fresh,
      when: (l) => open(l, { node: VALIDATOR }),
      then: ['IncidentOpened'],
    },
    refused('nobody else does', fresh, (l) => open(l, {}, CUSTOMER), codes.MAINTAINER_ROLE_REQUIRED),
    refused('about a node that there is', fresh, (l) => open(l, { node: 99n }), codes.NODE_UNKNOWN),
    refused(
      'not about one that has retired',
      () => {
        const ledger = fresh();
        ledger.run(PROVIDER, 'RetireNode', { node: AGENT_NODE });
        return ledger;
      },
      (l) => open(l),
      codes.NODE_UNKNOWN,
    ),
    refused('of a cause in the list', fresh, (l) => open(l, { cause: 'toString' }), codes.CAUSE_INVALID),
    refused(
      'seen by now',
      fresh,
      (l) => open(l, { detectedMs: l.nowMs + CLOCK_AHEAD_MS_MAX + 1n }),
      codes.DETECTED_INVALID,
    ),
    refused(
      'and lately',
      fresh,
      (l) => open(l, { detectedMs: l.nowMs - DETECTED_AGO_MS_MAX - 1n }),
      codes.DETECTED_INVALID,
    ),
    refused('a node has one open incident', opened, (l) => open(l, {}, OTHER), codes.INCIDENT_OPEN_ALREADY),
    refused(
      'open incidents are bounded',
      () => {
        const ledger = fresh();
        ledger.state.write(securityTables.counters, 0n, { nextIncident: 257n, open: 256n });
        return ledger;
      },
      (l) => open(l),
      codes.TOO_MANY_INCIDENTS,
    ),
    {
      what: 'any maintainer looks after it',
      given: opened,
      when: (l) => acknowledge(l, 1n, OTHER),
      then: ['IncidentAcknowledged'],
    },
    refused('an incident that there is', opened, (l) => acknowledge(l, 2n), codes.INCIDENT_UNKNOWN),
    refused('a customer does not', opened, (l) => acknowledge(l, 1n, CUSTOMER), codes.MAINTAINER_ROLE_REQUIRED),
    refused('once', acknowledged, (l) => acknowledge(l, 1n, OTHER), codes.ACKNOWLEDGED_ALREADY),
    { what: 'it orders the node', given: acknowledged, when: (l) => command(l), then: ['RepairCommanded'] },
    refused('somebody looks after it before', opened, (l) => command(l), codes.NOT_ACKNOWLEDGED),
    refused(
      'not after the node has retired',
      () => {
        const ledger = acknowledged();
        ledger.run(PROVIDER, 'RetireNode', { node: AGENT_NODE });
        return ledger;
      },
      (l) => command(l),
      codes.NODE_UNKNOWN,
    ),
    ...['', 'rm -rf /', 'toString', 'RE-TEST', 'x'.repeat(10_000)].map((word) =>
      refused(
        `“${word.slice(0, 12)}” is no command`,
        acknowledged,
        (l) => command(l, { command: word }),
        codes.COMMAND_INVALID,
      ),
    ),
    refused(
      'a command of another class of nodes',
      () => {
        const ledger = fresh();
        open(ledger, { node: VALIDATOR });
        acknowledge(ledger);
        return ledger;
      },
      (l) => command(l),
      codes.COMMAND_INVALID,
    ),
    refused('a command that is over', acknowledged, (l) => command(l, { expiresAtMs: l.nowMs }), codes.EXPIRY_INVALID),
    refused(
      'or that would be kept for later',
      acknowledged,
      (l) => command(l, { expiresAtMs: l.nowMs + COMMAND_LIFE_MS_MAX + 1n }),
      codes.EXPIRY_INVALID,
    ),
    refused('one command at a time', commanded, (l) => command(l), codes.COMMAND_WAITS),
    {
      what: 'another one once its time is over',
      given: () => {
        const ledger = commanded();
        ledger.wait(60_000n);
        return ledger;
      },
      when: (l) => command(l),
      then: ['RepairCommanded'],
    },
    refused('steps are bounded', full, (l) => command(l), codes.TOO_MANY_STEPS),
    { what: 'the node answers', given: commanded, when: (l) => answer(l), then: ['RepairAnswered'] },
    {
      what: 'also that it would not, when the time is over',
      given: () => {
        const ledger = commanded();
        ledger.wait(120_000n);
        return ledger;
      },
      when: (l) => answer(l, { outcome: 'refused', text: 'It came too late.' }),
      then: ['RepairAnswered'],
    },
    refused('its owner does not answer for it', commanded, (l) => answer(l, {}, 0n), codes.NOT_THE_NODE),
    refused(
      'nor another’s key',
      commanded,
      (l) => l.run(CUSTOMER, 'AnswerRepair', { incident: 1n, step: 1n, outcome: 'done', text: '' }, { key: AGENT_KEY }),
      codes.NOT_THE_NODE,
    ),
    {
      what: 'of a validator, a key that its operator allowed answers',
      given: operated,
      when: (l) => answer(l, { text: 'It votes again.' }),
      then: ['RepairAnswered'],
    },
    refused('not its operator by the own key', operated, (l) => answer(l, {}, 0n), codes.NOT_THE_NODE),
    refused(
      'nobody answers for a validator that nobody operates',
      () => {
        const ledger = fresh();
        open(ledger, { node: VALIDATOR });
        return ledger;
      },
      (l) => answer(l, {}, 0n),
      codes.NOT_THE_NODE,
    ),
    refused('what was not asked has no answer', commanded, (l) => answer(l, { step: 2n }), codes.COMMAND_UNKNOWN),
    refused(
      'a command is answered once',
      () => {
        const ledger = commanded();
        answer(ledger);
        return ledger;
      },
      (l) => answer(l),
      codes.COMMAND_UNKNOWN,
    ),
    refused('with an outcome', commanded, (l) => answer(l, { outcome: 'perhaps' }), codes.OUTCOME_INVALID),
    ...[`${'x'.repeat(TEXT_MAX)}y`, ' x', 'two\nlines', '\u0000'].map((text) =>
      refused('in one short line', commanded, (l) => answer(l, { text }), codes.TEXT_INVALID),
    ),
    refused('of an incident that is open', commanded, (l) => answer(l, { incident: 2n }), codes.INCIDENT_UNKNOWN),
    { what: 'what people do is written down', given: acknowledged, when: (l) => step(l), then: ['RepairStepRecorded'] },
    refused('once somebody looks after it', opened, (l) => step(l), codes.NOT_ACKNOWLEDGED),
    refused('of what is in the list', acknowledged, (l) => step(l, { step: 're-test' }), codes.STEP_INVALID),
    refused('done or failed', acknowledged, (l) => step(l, { outcome: 'refused' }), codes.OUTCOME_INVALID),
    refused('in a line', acknowledged, (l) => step(l, { text: 'a\u2028\u0007' }), codes.TEXT_INVALID),
    refused('as many as there can be', full, (l) => step(l), codes.TOO_MANY_STEPS),
    { what: 'a node that serves is restored', given: acknowledged, when: (l) => close(l), then: ['IncidentClosed'] },
    refused('not before somebody looks after it', opened, (l) => close(l), codes.NOT_ACKNOWLEDGED),
    refused('in one of two ways', acknowledged, (l) => close(l, { outcome: 'done' }), codes.OUTCOME_INVALID),
    refused('with a short note', acknowledged, (l) => close(l, { text: 'x'.repeat(TEXT_MAX + 1) }), codes.TEXT_INVALID),
    refused('a suspended node is not restored', suspended, (l) => close(l), codes.NODE_NOT_BACK),
    {
      what: 'but it can be given up',
      given: suspended,
      when: (l) => close(l, { outcome: 'given-up' }),
      then: ['IncidentClosed'],
    },
    refused(
      'once',
      () => {
        const ledger = acknowledged();
        close(ledger);
        return ledger;
      },
      (l) => close(l),
      codes.INCIDENT_UNKNOWN,
    ),
  ]);

  test('the ledger keeps when it was detected, acknowledged, repaired and restored, and then no more of it than events [8.5.1-f] [6.2.2-d]', () => {
    const ledger = fresh();
    const detectedMs = ledger.nowMs - 5_000n;
    const times: bigint[] = [];
    const later = (outcome: Outcome): Outcome => {
      times.push(ledger.nowMs);
      ledger.wait(1_000n);
      return outcome;
    };
    expect(later(open(ledger)).data).toEqual({ incident: 1n });
    later(acknowledge(ledger));
    expect(later(command(ledger)).data).toEqual({ step: 1n });
    later(answer(ledger, { outcome: 'failed', text: 'R-1 does not fit.' }));
    later(command(ledger));
    later(answer(ledger, { step: 2n }));
    later(step(ledger, { step: 'talked-to-operator', outcome: 'failed' }));
    const [closed] = later(close(ledger, { text: 'All is well.' })).events;
    expect(closed).toMatchObject({ detectedMs, repairedAtMs: times[5], atMs: times[7], outcome: 'restored' });
    expect(readIncident(ledger.state, 1n)).toBeUndefined();
    expect(openIncidentOf(ledger.state, AGENT_NODE)).toBeUndefined();
    expect(readSecurityCounters(ledger.state)).toEqual({ nextIncident: 2n, open: 0n });
    expect(open(ledger).data).toEqual({ incident: 2n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('a clock that is a little ahead of the block saw the fault when the block was made', () => {
    const ledger = fresh();
    open(ledger, { detectedMs: ledger.nowMs + CLOCK_AHEAD_MS_MAX });
    expect(readIncident(ledger.state, 1n)?.detectedMs).toBe(ledger.nowMs);
  });

  test('a look and a talk repair nothing, however well they were done; what was changed does [8.5.1-f]', () => {
    const ledger = acknowledged();
    step(ledger);
    step(ledger, { step: 'talked-to-operator' });
    expect(readIncident(ledger.state, 1n)).toMatchObject({ steps: 2n, repairedAtMs: 0n });
    step(ledger, { step: 'replaced-part' });
    expect(readIncident(ledger.state, 1n)).toMatchObject({ repairedAtMs: ledger.nowMs });
    expect(isRepair('stop-validator', 'done')).toBe(false);
    expect(isRepair('restart-validator', 'done')).toBe(true);
    expect(isRepair('restart-validator', 'failed')).toBe(false);
  });

  test('an invariant names an incident that is not where it belongs', () => {
    const ledger = opened();
    expect(brokenInvariants(ledger.state)).toEqual([]);
    ledger.state.erase(securityTables.nodes, AGENT_NODE);
    expect(brokenInvariants(ledger.state).join(' ')).toContain('incident 1 stands under its node');
  });
});
