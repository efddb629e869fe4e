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

test('an order shows until when what it stored stays, and when it was erased; nothing where nothing was stored', () => {
  const [stored] = projectAgreement(ended(9n), CONTEXT);
  const [nothing] = projectAgreement(ended(0n), CONTEXT);
  expect([stored, nothing]).toMatchObject([{ values: { graceUntilMs: 9n } }, { values: { graceUntilMs: null } }]);
  const erased = agreementEvent('ErasureReported', { agreement: 1n, by: 3n, erasedAtMs: 10n });
  expect(projectAgreement(erased, CONTEXT)).toMatchObject([
    { table: 'agreements', key: { id: 1n }, values: { erasedAtMs: 10n } },
  ]);
});
