import { describe, expect, test } from 'vitest';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import {
  BROKER,
  MACHINES,
  batchArgs,
  demandArgs,
  market,
  publishDemand,
  publishMachine,
  work,
} from '#ledger/contracts/testing/market.ts';
import { need } from '#ledger/contracts/testing/offers.ts';
import { HOUR_MS, filled } from '#ledger/contracts/testing/samples.ts';
import { CUSTOMER, NODES, PROVIDER, type TestLedger } from '#ledger/contracts/testing/test-ledger.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { BATCH_MAX, OPEN_NOTICES_MAX, demandCodes as codes } from './definition.ts';
import { readOpenNotices } from './notices.ts';
import { readDemand, readOpenCount } from './record.ts';

const publish =
  (fields: Args = {}) =>
  (ledger: TestLedger) =>
    ledger.run(CUSTOMER, 'PublishDemand', demandArgs(fields));
const refusal = { algorithm: filled(1), reason: 'malicious' };
const [FIRST, SECOND] = NODES;
/** Two of three node providers refuse the algorithm that the sample demand names. */
function refuseAlgorithm(ledger: TestLedger): TestLedger {
  ledger.run(FIRST, 'ProposeAlgorithmRefusal', refusal);
  for (const node of NODES) ledger.run(node, 'Vote', { proposal: 1n, approve: true });
  return ledger;
}

describe('a demand [8.4.2-a] [I.1-2]', () => {
  const given = () => market([{ slots: 8n }]);
  const open = () => {
    const ledger = given();
    publishDemand(ledger);
    return ledger;
  };
  const match =
    (fields: Args = {}) =>
    (ledger: TestLedger) =>
      ledger.run(CUSTOMER, 'PublishDemand', batchArgs(fields));
  const send =
    (fields: Args = {}, by = BROKER) =>
    (ledger: TestLedger) =>
      ledger.run(by, 'SendNotice', {
        demand: 1n,
        provider: MACHINES[0],
        nodeProvider: FIRST,
        kind: 'computing',
        ...fields,
      });
  const relay =
    (by: bigint = FIRST) =>
    (ledger: TestLedger) =>
      ledger.run(by, 'RelayNotice', { notice: 1n, passes: true });
  const answer =
    (word: string, resource = 0n, by: bigint = MACHINES[0]) =>
    (ledger: TestLedger) =>
      ledger.run(by, 'AnswerNotice', { notice: 1n, answer: word, resource });
  const sent = () => {
    const ledger = open();
    send()(ledger);
    return ledger;
  };
  const relayed = () => {
    const ledger = sent();
    relay()(ledger);
    return ledger;
  };
  const cases: Case[] = [
    {
      what: 'is published, and analysed in the same block [8.3.1-c]',
      given,
      when: publish(),
      then: ['DemandPublished', 'PlansMade'],
    },
    { what: 'needs something', given, when: publish({ needs: [] }), then: codes.NEEDS_INVALID },
    {
      what: 'of a kind that is shared',
      given,
      when: publish({ needs: [need({ kind: 'gpu' })] }),
      then: codes.NEEDS_INVALID,
    },
    {
      what: 'in amounts of its kind',
      given,
      when: publish({ needs: [need({ kind: 'storage' })], work: [] }),
      then: codes.AMOUNTS_INVALID,
    },
    {
      what: 'with work that has a sub-task',
      given,
      when: publish({ work: [work({ subtasks: 0n })] }),
      then: codes.WORK_INVALID,
    },
    { what: 'one work at most', given, when: publish({ work: [work(), work()] }), then: codes.WORK_INVALID },
    { what: 'for a purpose that is listed', given, when: publish({ purpose: 'fun' }), then: codes.PURPOSE_UNKNOWN },
    { what: 'for a time that may be', given, when: publish({ durationMs: 10n }), then: codes.DURATION_INVALID },
    { what: 'open for a time that may be', given, when: publish({ openMs: 10n }), then: codes.DURATION_INVALID },
    { what: 'with a budget', given, when: publish({ budgetMicro: 0n }), then: codes.BUDGET_INVALID },
    {
      what: 'by a customer',
      given,
      when: (ledger) => ledger.run(99n, 'PublishDemand', demandArgs()),
      then: codes.CUSTOMER_ROLE_REQUIRED,
    },
    {
      what: 'of whom there are not too many already',
      given: () => {
        const ledger = open();
        ledger.setParameter('openDemandsMax', 1n);
        return ledger;
      },
      when: publish(),
      then: codes.TOO_MANY_DEMANDS,
    },
    {
      what: 'never for a program that was refused by vote',
      given: () => refuseAlgorithm(given()),
      when: publish(),
      then: codes.ALGORITHM_REFUSED,
    },
    {
      what: 'is withdrawn by its customer',
      given: open,
      when: (ledger) => ledger.run(CUSTOMER, 'WithdrawDemand', { demand: 1n }),
      then: ['DemandClosed'],
    },
    {
      what: 'that there is none of is not withdrawn',
      given,
      when: (ledger) => ledger.run(CUSTOMER, 'WithdrawDemand', { demand: 1n }),
      then: codes.DEMAND_UNKNOWN,
    },
    {
      what: 'is withdrawn by nobody else',
      given: open,
      when: (ledger) => ledger.run(PROVIDER, 'WithdrawDemand', { demand: 1n }),
      then: codes.NOT_THE_CUSTOMER,
    },
    {
      what: 'is withdrawn once',
      given: () => {
        const ledger = open();
        ledger.run(CUSTOMER, 'WithdrawDemand', { demand: 1n });
        return ledger;
      },
      when: (ledger) => ledger.run(CUSTOMER, 'WithdrawDemand', { demand: 1n }),
      then: codes.DEMAND_CLOSED,
    },
    {
      what: 'an algorithm is refused for a reason that is listed',
      given,
      when: (ledger) => ledger.run(SECOND, 'ProposeAlgorithmRefusal', { ...refusal, reason: 'dislike' }),
      then: codes.REASON_UNKNOWN,
    },
    {
      what: 'and once',
      given: () => refuseAlgorithm(given()),
      when: (ledger) => ledger.run(SECOND, 'ProposeAlgorithmRefusal', refusal),
      then: codes.ALREADY_REFUSED,
    },
    {
      what: 'to be matched, waits for the end of the epoch [8.3.2-b]',
      given,
      when: match(),
      then: ['DemandPublished'],
    },
    {
      what: 'to be matched, has one need and no program',
      given,
      when: publish({ batch: true }),
      then: codes.BATCH_INVALID,
    },
    { what: 'and no backup', given, when: match({ backup: true }), then: codes.BATCH_INVALID },
    {
      what: 'and a key for its link',
      given,
      when: match({ encryptionKey: new Uint8Array(32) }),
      then: codes.ENCRYPTION_KEY_INVALID,
    },
    {
      what: 'waits with others, not without bound',
      given: () => {
        const ledger = market([{ slots: 8n }], { openDemandsMax: 10_000n });
        for (let each = 0; each < BATCH_MAX; each += 1) match()(ledger);
        return ledger;
      },
      when: match(),
      then: codes.TOO_MANY_WAIT,
    },
    {
      what: 'a broker asks a provider to share, through a node provider [8.4.2-e]',
      given: open,
      when: send(),
      then: ['NoticeSent'],
    },
    { what: 'for a demand that is there', given, when: send(), then: codes.DEMAND_UNKNOWN },
    { what: 'nobody else asks', given: open, when: send({}, MACHINES[0]), then: codes.BROKER_ROLE_REQUIRED },
    { what: 'nobody who is no provider', given: open, when: send({ provider: CUSTOMER }), then: codes.NOTICE_INVALID },
    { what: 'through nobody else', given: open, when: send({ nodeProvider: CUSTOMER }), then: codes.NOTICE_INVALID },
    { what: 'for nothing that is not needed', given: open, when: send({ kind: 'data' }), then: codes.NOTICE_INVALID },
    {
      what: 'not without bound',
      given: () => {
        const ledger = open();
        for (let each = 0n; each < OPEN_NOTICES_MAX; each += 1n) send()(ledger);
        return ledger;
      },
      when: send(),
      then: codes.TOO_MANY_NOTICES,
    },
    { what: 'the node provider hands it on', given: sent, when: relay(), then: ['NoticeRelayed'] },
    { what: 'once', given: relayed, when: relay(), then: codes.NOTICE_OVER },
    { what: 'another one does not', given: sent, when: relay(SECOND), then: codes.NOT_ADDRESSED },
    { what: 'nothing is handed on that was not sent', given: open, when: relay(), then: codes.NOTICE_UNKNOWN },
    { what: 'the provider answers', given: relayed, when: answer('will-share'), then: ['NoticeAnswered'] },
    { what: 'not before it was handed on', given: sent, when: answer('will-share'), then: codes.NOTICE_OVER },
    {
      what: 'nobody else answers',
      given: relayed,
      when: answer('declined', 0n, MACHINES[1]),
      then: codes.NOT_ADDRESSED,
    },
    { what: 'with a word that is listed', given: relayed, when: answer('maybe'), then: codes.ANSWER_INVALID },
    {
      what: 'shared names a resource of its own',
      given: relayed,
      when: answer('shared', 1n),
      then: ['NoticeAnswered'],
    },
    { what: 'and no other', given: relayed, when: answer('shared', 2n), then: codes.ANSWER_INVALID },
  ];
  runCases(codes, cases);

  test('a stopped or declined request is not open any more, one that will be answered is [6.2.6-e]', () => {
    const ledger = relayed();
    send()(ledger);
    ledger.run(FIRST, 'RelayNotice', { notice: 2n, passes: false });
    expect(readOpenNotices(ledger.state, BROKER)).toBe(1n);
    answer('will-share')(ledger);
    answer('shared', 1n)(ledger);
    expect(readOpenNotices(ledger.state, BROKER)).toBe(0n);
    expect(answer('declined')(ledger).code).toBe(codes.NOTICE_OVER);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('expires by itself when no plan was chosen, and is counted no longer', () => {
    const ledger = market([{ slots: 8n }], { planMs: 7_200_000n });
    publishDemand(ledger);
    expect(readOpenCount(ledger.state, CUSTOMER)).toBe(1n);
    expect(ledger.wait(HOUR_MS).map((event) => event.type)).toEqual(['DemandClosed']);
    expect(readDemand(ledger.state, 1n)?.status).toBe('expired');
    expect(readOpenCount(ledger.state, CUSTOMER)).toBe(0n);
    expect(ledger.waiting).toEqual([]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('that nothing meets waits, is looked at again, and is met once somebody offers enough [8.4.2-c]', () => {
    const ledger = market([{ slots: 2n }]);
    expect(publishDemand(ledger).plans).toEqual([]);
    publishMachine(ledger, MACHINES[1], { slots: 8n });
    const [made] = ledger.wait(60_000n);
    expect(made?.type === 'PlansMade' && made.plans.map(({ parts }) => parts.map(({ resource }) => resource))).toEqual([
      [2n],
    ]);
  });
});
