import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SEALED_BYTES_MAX } from '#ledger/contracts/identity/claim.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { portalCodes } from '#lib/errors.ts';
import { eraseAnsweredClaims } from '#lib/operations/sealed-claims.ts';
import { getIdentityDesk, getOwnIdentity, getWaitingClaims } from '#lib/queries/identity.ts';
import { REVIEW_BYTES_MAX } from '#lib/shared/identity.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { sampleBlock, type Payload } from '#lib/testing/sample-block.ts';
import { sampleChain } from '#lib/testing/sample-chain.ts';
import { bytes, BUYER, CUSTOMER, NODE_PROVIDER, PROVIDER, STRANGER } from '#lib/testing/sample-genesis.ts';
import { saveClaim, saveReview } from './identity.ts';

const OPERATOR = NODE_PROVIDER;
const COMMITMENT = bytes(32, 0x51);
const OTHER = bytes(32, 0x52);
const AT_MS = 1_800_000_008_000n;

const of = (account: bigint, operator = OPERATOR) =>
  ({ contract: 'identity', account, operator, atMs: AT_MS }) as const;
/** The customer and the buyer wait; the stranger was refused; the provider is identified. */
const said: Payload[] = [
  { contract: 'identity', type: 'IdentificationOffered', operator: OPERATOR, sealingKey: bytes(32, 9), atMs: AT_MS },
  { contract: 'account', type: 'RoleGranted', account: OPERATOR, role: 'NO', proposal: 1n },
  { type: 'IdentityRequested', ...of(CUSTOMER), commitment: COMMITMENT },
  { type: 'IdentityRequested', ...of(BUYER), commitment: OTHER },
  { type: 'IdentityRequested', ...of(STRANGER), commitment: COMMITMENT },
  { type: 'IdentityRefused', ...of(STRANGER), by: OPERATOR, fields: ['name', 'document'] },
  { type: 'IdentityRequested', ...of(PROVIDER), commitment: COMMITMENT },
  {
    type: 'IdentityAttested',
    ...of(PROVIDER),
    commitment: COMMITMENT,
    subscriber: bytes(32, 1),
    level: 'reviewed',
    endsAtMs: AT_MS + 1_000n,
  },
];

let model: TestReadModel;
let owner: pg.Client;
beforeAll(async () => {
  const { items } = sampleChain().at(-1) ?? { items: [] };
  model = await startReadModel(undefined, [sampleBlock(8n, (items.at(-1)?.logIndex ?? -1n) + 1n, [{ events: said }])]);
  owner = new pg.Client({ connectionString: model.url });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await model.stop();
});
beforeEach(() => owner.query('DELETE FROM identity.sealed_claims'));

const person = (id: bigint, ...roles: ('NRC' | 'NO')[]): Viewer => ({
  kind: 'person',
  jti: 'test',
  address: '00'.repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id: Number(id), roles, encryptionKey: '', name: null },
});
const operator = person(OPERATOR, 'NRC', 'NO');
const customer = person(CUSTOMER, 'NRC');
const sealed = 'ab'.repeat(40);
const claim = { operator: Number(OPERATOR), commitment: toHex(COMMITMENT), sealed };
const ask = (viewer: Viewer, input: unknown = claim) => runAs(viewer, () => saveClaim(input));
const kept = async () => (await owner.query('SELECT "account", "review" FROM identity.sealed_claims')).rows;

describe('what is stated to an operator [7.2.5-b] [8.5.2-d]', () => {
  test('is kept for the account that stated it, and read by its operator alone once the ledger has the request', async () => {
    expect(await ask(customer)).toEqual({ ok: true, value: null });
    // Nobody has signed a request with this commitment.
    expect(await ask(person(STRANGER, 'NRC'))).toEqual({ ok: true, value: null });
    const waiting = await runAs(operator, getWaitingClaims);
    expect(waiting?.claims).toMatchObject([{ account: Number(CUSTOMER), sealed, isInReview: false }]);
    expect(waiting?.sealingKey).toBe('09'.repeat(32));
    for (const viewer of [customer, person(STRANGER, 'NRC'), { kind: 'public' } as const])
      expect(await runAs(viewer, getWaitingClaims)).toBeNull();
    expect((await runAs(person(BUYER, 'NRC', 'NO'), getWaitingClaims))?.claims).toEqual([]);
    const desk = await runAs(operator, getIdentityDesk);
    expect(desk).toMatchObject({
      queue: [{ account: { id: Number(CUSTOMER) }, review: null }],
      identified: [{ account: { id: Number(PROVIDER) }, level: 'reviewed' }],
    });
  });

  test('is taken from the account’s own key, and from no program of it', async () => {
    const by = (key: number): Viewer => ({ kind: 'agent', address: '33'.repeat(20), account: Number(CUSTOMER), key });
    expect(await ask(by(0))).toEqual({ ok: true, value: null });
    expect(await ask(by(1))).toMatchObject({ ok: false, code: portalCodes.NOT_ALLOWED });
  });

  test('is not replaced while a request with another claim waits', async () => {
    await ask(person(BUYER, 'NRC'), { ...claim, commitment: toHex(OTHER) });
    const replaced = await ask(person(BUYER, 'NRC'), { ...claim, commitment: toHex(bytes(32, 0x77)) });
    expect(replaced).toMatchObject({ ok: false, code: portalCodes.INPUT_INVALID });
    expect(await kept()).toHaveLength(1);
  });

  test('is erased with the verdict, and where nobody signed for it within an hour; what waits stays', async () => {
    for (const id of [CUSTOMER, STRANGER, PROVIDER]) await ask(person(id, 'NRC'));
    await ask(person(999n, 'NRC'));
    await eraseAnsweredClaims();
    expect((await kept()).map(({ account }) => account).toSorted()).toEqual([String(CUSTOMER), '999']);
    await eraseAnsweredClaims(Date.now() + 2 * 3_600_000);
    expect((await kept()).map(({ account }) => account)).toEqual([String(CUSTOMER)]);
  });

  test('goes to a person as the operator’s own program sealed it, for a request of its own', async () => {
    await ask(customer);
    const review = { account: Number(CUSTOMER), commitment: toHex(COMMITMENT), review: 'cd'.repeat(50) };
    const hand = (viewer: Viewer, input: unknown = review) => runAs(viewer, () => saveReview(input));
    expect(await hand(person(BUYER, 'NRC', 'NO'))).toMatchObject({ ok: false, code: portalCodes.NOT_FOUND });
    expect(await hand(customer)).toMatchObject({ ok: false, code: portalCodes.NOT_ALLOWED });
    expect(await hand(operator, { ...review, commitment: toHex(OTHER) })).toMatchObject({ ok: false });
    expect(await hand(operator)).toEqual({ ok: true, value: null });
    expect((await runAs(operator, getIdentityDesk))?.queue).toMatchObject([{ review: review.review }]);
    expect((await runAs(operator, getWaitingClaims))?.claims).toMatchObject([{ isInReview: true }]);
  });

  test('an account reads what came of its own request, and whom it may ask; not itself', async () => {
    expect(await runAs(customer, getOwnIdentity)).toMatchObject({
      attestation: null,
      request: { outcome: 'waiting', operator: { id: Number(OPERATOR) } },
      identifiers: [{ operator: { id: Number(OPERATOR) } }],
    });
    const refused = await runAs(person(STRANGER, 'NRC'), getOwnIdentity);
    expect(refused?.request).toMatchObject({ outcome: 'refused', refusedFields: ['name', 'document'] });
    expect((await runAs(operator, getOwnIdentity))?.identifiers).toEqual([]);
    expect(await runAs({ kind: 'public' }, getOwnIdentity)).toBeNull();
  });

  test('what is no claim is refused, and nothing is kept', async () => {
    const tooLong = toHex(randomBytes(SEALED_BYTES_MAX + 1));
    const hostile: unknown[] = [null, 'x', {}, { ...claim, sealed: '' }, { ...claim, sealed: tooLong }];
    hostile.push(
      { ...claim, operator: 0 },
      { ...claim, operator: 2 ** 60 },
      { ...claim, commitment: 'ab' },
      { ...claim, account: 1 },
    );
    for (const input of hostile)
      expect(await ask(customer, input)).toMatchObject({ ok: false, code: portalCodes.INPUT_INVALID });
    const review = {
      account: Number(CUSTOMER),
      commitment: toHex(COMMITMENT),
      review: '00'.repeat(REVIEW_BYTES_MAX + 1),
    };
    expect(await runAs(operator, () => saveReview(review))).toMatchObject({ code: portalCodes.INPUT_INVALID });
    expect(await ask({ kind: 'public' })).toMatchObject({ ok: false, code: portalCodes.SIGN_IN_REQUIRED });
    expect(await kept()).toEqual([]);
  });
});
