import { expect, test } from 'vitest';
import { agreementEvent } from '#ledger/contracts/agreement/definition.ts';
import { projectAgreement } from './agreement.ts';

const CONTEXT = { tx: null } as Parameters<typeof projectAgreement>[1];
const ended = (graceUntilMs: bigint) =>
  agreementEvent('AgreementEnded', {
    agreement: 1n,
    customer: 2n,
    provider: 3n,
    from: 'active',
    to: 'completed',
    by: 0n,
    reason: 'time-up',
    endedAtMs: 5n,
    settleAtMs: 6n,
    graceUntilMs,
  });

test('two orders that follow each other know it, until the later is dropped', () => {
  const pair = { agreement: 1n, continuation: 4n };
  const first = { table: 'agreements', key: { id: 1n } };
  expect(projectAgreement(agreementEvent('AgreementContinued', pair), CONTEXT)).toMatchObject([
    { ...first, values: { continuedBy: 4n } },
  ]);
  expect(projectAgreement(agreementEvent('ContinuationDropped', pair), CONTEXT)).toMatchObject([
    { ...first, values: { continuedBy: null } },
  ]);
});

test('an order that is found wrong after its end is taken out of both histories as what it was, and counted as what it is [8.1.2-b]', () => {
  const facts = {
    agreement: 1n,
    customer: 2n,
    provider: 3n,
    settleAtMs: 7n,
    from: 'completed',
    was: 'used-up',
  } as const;
  const wrong = agreementEvent('AgreementJudged', { ...facts, to: 'terminated', reason: 'wrong-result' });
  const order = { table: 'agreements', key: { id: 1n } };
  expect(projectAgreement(wrong, CONTEXT)).toMatchObject([
    { ...order, values: { status: 'terminated', endStatus: 'terminated', endReason: 'wrong-result', settleAtMs: 7n } },
    { table: 'accounts', key: { id: 2n }, values: { completedOrders: -1n, brokenOrders: 0n } },
    { table: 'accounts', key: { id: 3n }, values: { completedOrders: -1n, brokenOrders: 1n } },
  ]);
  const stands = agreementEvent('AgreementJudged', { ...facts, to: 'completed', reason: 'used-up' });
  expect(projectAgreement(stands, CONTEXT)).toEqual([
    expect.objectContaining({ ...order, values: expect.objectContaining({ endReason: 'used-up', settleAtMs: 7n }) }),
  ]);
});

test('an order shows until when what it stored stays, and when it was erased; nothing where nothing was stored', () => {
  const [stored] = projectAgreement(ended(9n), CONTEXT);
  const [nothing] = projectAgreement(ended(0n), CONTEXT);
  expect([stored, nothing]).toMatchObject([{ values: { graceUntilMs: 9n } }, { values: { graceUntilMs: null } }]);
  const erased = agreementEvent('ErasureReported', { agreement: 1n, by: 3n, erasedAtMs: 10n });
  expect(projectAgreement(erased, CONTEXT)).toMatchObject([
    { table: 'agreements', key: { id: 1n }, values: { erasedAtMs: 10n } },
  ]);
});
