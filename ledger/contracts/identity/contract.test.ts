import { describe, expect, test } from 'vitest';
import { grantRole } from '#ledger/contracts/account/contract.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { evolve } from '#ledger/contracts/registry.ts';
import { runCases } from '#ledger/contracts/testing/cases.ts';
import { filled } from '#ledger/contracts/testing/samples.ts';
import {
  CUSTOMER,
  NODES,
  PROVIDER,
  TestLedger,
  applyArgs,
  type Outcome,
} from '#ledger/contracts/testing/test-ledger.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import {
  REQUESTS_MAX,
  REQUEST_LIFE_MS,
  VALIDITY_MS_MAX,
  VALIDITY_MS_MIN,
  identityCodes as codes,
} from './definition.ts';
import { identityTables, readAttestation, readIdentifier, readRequest } from './record.ts';

const [OPERATOR, SECOND] = NODES;
const HOUR_MS = 3_600_000n;

const fresh = (): TestLedger => {
  const ledger = new TestLedger();
  for (const by of [OPERATOR, SECOND]) evolve(ledger.state, grantRole(by, 'NO', 0n));
  return ledger;
};
const offer = (ledger: TestLedger, sealingKey = filled(9), by: bigint = OPERATOR): Outcome =>
  ledger.run(by, 'OfferIdentification', { sealingKey });
const apply = (ledger: TestLedger, fields: Args = {}, by: bigint = CUSTOMER): Outcome =>
  ledger.run(by, 'ApplyIdentity', { operator: OPERATOR, commitment: filled(12), ...fields });
const withdraw = (ledger: TestLedger, operator: bigint = OPERATOR): Outcome =>
  ledger.run(CUSTOMER, 'WithdrawIdentity', { operator });
const attest = (ledger: TestLedger, fields: Args = {}, by: bigint = OPERATOR): Outcome =>
  ledger.run(by, 'AttestIdentity', {
    subject: CUSTOMER,
    commitment: filled(12),
    subscriber: filled(13),
    level: 'compared',
    endsAtMs: ledger.nowMs + HOUR_MS,
    ...fields,
  });
const refuse = (ledger: TestLedger, fields: Args = {}, by: bigint = OPERATOR): Outcome =>
  ledger.run(by, 'RefuseIdentity', { subject: CUSTOMER, commitment: filled(12), fields: ['name'], ...fields });
const revoke = (ledger: TestLedger, fields: Args = {}, by: bigint = OPERATOR): Outcome =>
  ledger.run(by, 'RevokeIdentity', { subject: CUSTOMER, reason: 'misuse', ...fields });

const offered = (): TestLedger => {
  const ledger = fresh();
  for (const by of [OPERATOR, SECOND]) offer(ledger, filled(9), by);
  return ledger;
};
const requested = (): TestLedger => {
  const ledger = offered();
  apply(ledger);
  return ledger;
};
const identified = (): TestLedger => {
  const ledger = requested();
  attest(ledger);
  return ledger;
};
const full = (): TestLedger => {
  const ledger = offered();
  ledger.state.write(identityTables.operators, OPERATOR, { sealingKey: filled(9), waiting: BigInt(REQUESTS_MAX) });
  return ledger;
};

const refused = (what: string, given: () => TestLedger, when: (ledger: TestLedger) => Outcome, then: number) => ({
  what,
  given,
  when,
  then,
});

describe('identity [7.2.1-a] [8.5.2-a] [I.3-2]', () => {
  runCases(codes, [
    { what: 'an operator offers to identify', given: fresh, when: offer, then: ['IdentificationOffered'] },
    {
      what: 'and does so no more',
      given: offered,
      when: (l) => offer(l, new Uint8Array(32)),
      then: ['IdentificationOffered'],
    },
    refused('a customer does not', fresh, (l) => offer(l, filled(9), CUSTOMER), codes.OPERATOR_ROLE_REQUIRED),
    refused(
      'its key is one that something can be sealed to',
      fresh,
      (l) => offer(l, Uint8Array.of(1, ...new Uint8Array(31))),
      codes.SEALING_KEY_INVALID,
    ),
    { what: 'a person asks an operator', given: offered, when: (l) => apply(l), then: ['IdentityRequested'] },
    refused('one that has offered', fresh, (l) => apply(l), codes.OPERATOR_UNKNOWN),
    refused(
      'and still does',
      () => {
        const ledger = offered();
        offer(ledger, new Uint8Array(32));
        return ledger;
      },
      (l) => apply(l),
      codes.OPERATOR_UNKNOWN,
    ),
    refused('not itself', offered, (l) => apply(l, {}, OPERATOR), codes.OWN_IDENTITY),
    refused('once at a time', requested, (l) => apply(l, { operator: SECOND }), codes.REQUEST_WAITS),
    refused('where there is room', full, (l) => apply(l), codes.TOO_MANY_REQUESTS),
    {
      what: 'a request is taken back',
      given: requested,
      when: (l) => withdraw(l),
      then: ['IdentityWithdrawn'],
    },
    refused('that waits', identified, (l) => withdraw(l), codes.REQUEST_UNKNOWN),
    refused('for this operator', requested, (l) => withdraw(l, SECOND), codes.REQUEST_UNKNOWN),
    { what: 'the operator identifies', given: requested, when: (l) => attest(l), then: ['IdentityAttested'] },
    refused('not another one', requested, (l) => attest(l, {}, SECOND), codes.REQUEST_UNKNOWN),
    refused('what was committed to', requested, (l) => attest(l, { commitment: filled(99) }), codes.REQUEST_UNKNOWN),
    refused('at a level that there is', requested, (l) => attest(l, { level: 'toString' }), codes.LEVEL_INVALID),
    refused(
      'for long enough',
      requested,
      (l) => attest(l, { endsAtMs: l.nowMs + VALIDITY_MS_MIN - 1n }),
      codes.VALIDITY_INVALID,
    ),
    refused(
      'and not for ever',
      requested,
      (l) => attest(l, { endsAtMs: l.nowMs + VALIDITY_MS_MAX + 1n }),
      codes.VALIDITY_INVALID,
    ),
    refused(
      'one account for a subscriber',
      () => {
        const ledger = identified();
        apply(ledger, {}, PROVIDER);
        return ledger;
      },
      (l) => attest(l, { subject: PROVIDER }),
      codes.SUBSCRIBER_TAKEN,
    ),
    {
      what: 'the same subscriber again, for its own account, takes the place of what was',
      given: () => {
        const ledger = identified();
        apply(ledger);
        return ledger;
      },
      when: (l) => attest(l, { level: 'reviewed' }),
      then: ['IdentityEnded', 'IdentityAttested'],
    },
    {
      what: 'of another operator too',
      given: () => {
        const ledger = identified();
        apply(ledger, { operator: SECOND });
        return ledger;
      },
      when: (l) => attest(l, {}, SECOND),
      then: ['IdentityEnded', 'IdentityAttested'],
    },
    { what: 'or says what differs', given: requested, when: (l) => refuse(l), then: ['IdentityRefused'] },
    refused('of a request to it', requested, (l) => refuse(l, {}, SECOND), codes.REQUEST_UNKNOWN),
    refused('by kinds of fields', requested, (l) => refuse(l, { fields: [] }), codes.FIELDS_INVALID),
    refused('that there are', requested, (l) => refuse(l, { fields: ['name', 'age'] }), codes.FIELDS_INVALID),
    refused('each once', requested, (l) => refuse(l, { fields: ['name', 'name'] }), codes.FIELDS_INVALID),
    { what: 'and takes it back later', given: identified, when: (l) => revoke(l), then: ['IdentityEnded'] },
    refused('its own only', identified, (l) => revoke(l, {}, SECOND), codes.NOT_IDENTIFIED),
    refused('with a reason that there is', identified, (l) => revoke(l, { reason: 'x' }), codes.REASON_INVALID),
    refused('a customer revokes nothing', identified, (l) => revoke(l, {}, CUSTOMER), codes.OPERATOR_ROLE_REQUIRED),
  ]);

  test('a strategy asks for it, and what it gives ends with it: by a revocation, and by its time', () => {
    const rule = { rule: 'applicant.identifiedBy != 0', sentence: 'an operator must have identified you' };
    const ledger = offered().publish({ conditions: [rule] });
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs()).events.map(({ type }) => type)).toEqual(['ApplicationRefused']);
    apply(ledger);
    attest(ledger);
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs()).events.map(({ type }) => type)).toContain('AgreementReserved');
    revoke(ledger);
    expect(readAttestation(ledger.state, CUSTOMER)).toBeUndefined();
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs()).events.map(({ type }) => type)).toEqual(['ApplicationRefused']);
    apply(ledger);
    attest(ledger, { endsAtMs: ledger.nowMs + VALIDITY_MS_MIN });
    const ended = ledger.wait(VALIDITY_MS_MIN).find(({ type }) => type === 'IdentityEnded');
    expect(ended).toMatchObject({ account: CUSTOMER, reason: 'expired' });
    expect(readAttestation(ledger.state, CUSTOMER)).toBeUndefined();
  });

  test('an operator that does not answer has refused, and one that answered is not asked again', () => {
    const ledger = requested();
    apply(ledger, { operator: SECOND }, PROVIDER);
    attest(ledger, { endsAtMs: ledger.nowMs + VALIDITY_MS_MAX });
    const events = ledger.wait(REQUEST_LIFE_MS);
    expect(events).toMatchObject([
      { type: 'IdentityRefused', account: PROVIDER, operator: SECOND, by: 0n, fields: [] },
    ]);
    expect(readRequest(ledger.state, PROVIDER)).toBeUndefined();
    expect(readIdentifier(ledger.state, SECOND)?.waiting).toBe(0n);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('nothing that the ledger keeps says who it is: a commitment, a tag, an operator', () => {
    const ledger = identified();
    expect(Object.keys(readAttestation(ledger.state, CUSTOMER) ?? {}).toSorted()).toEqual([
      'commitment',
      'endsAtMs',
      'level',
      'operator',
      'subscriber',
    ]);
  });

  test('an invariant names a subscriber with two accounts, and requests that are not counted', () => {
    const ledger = identified();
    expect(brokenInvariants(ledger.state)).toEqual([]);
    const attestation = readAttestation(ledger.state, CUSTOMER);
    if (attestation === undefined) throw new Error('it was made above');
    ledger.state.write(identityTables.attestations, PROVIDER, attestation);
    ledger.state.write(identityTables.operators, OPERATOR, { sealingKey: filled(9), waiting: 3n });
    const broken = brokenInvariants(ledger.state).join(' ');
    expect(broken).toContain(`the subscriber of account ${PROVIDER} has no other`);
    expect(broken).toContain(`requests to account ${OPERATOR} are counted`);
  });
});
