import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { possessionDigest } from '#ledger/contracts/account/key-possession.ts';
import { methodOf, type MethodName } from '#ledger/contracts/definitions.ts';
import { dataSetTerms, dataWaysTerms } from '#ledger/contracts/kinds/data.ts';
import { resourceTestDigest } from '#ledger/contracts/resource/test-report.ts';
import { encodeRuns } from '#ledger/contracts/shared/runs.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { anchorFromJson } from '#ledger/core/genesis.ts';
import type { Method } from '#ledger/core/transaction.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { possessionDigest as validatorDigest } from '#ledger/core/validator-possession.ts';
import { verifyReceipt } from '#ledger/verify/receipt.ts';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { nextHeight } from '#lib/height-feed.ts';
import { getAdmission } from '#lib/queries/admission.ts';
import { getAgentEvents } from '#lib/queries/agent-events.ts';
import { getCatalogue } from '#lib/queries/catalogue.ts';
import { getTransaction } from '#lib/queries/explorer.ts';
import { waitForHeight } from '#lib/queries/network.ts';
import { getNodes } from '#lib/queries/nodes.ts';
import { getOrder, getRefusals } from '#lib/queries/orders.ts';
import { getProposals } from '#lib/queries/proposals.ts';
import { getReceipt, getReceiptName } from '#lib/queries/receipt.ts';
import { findViewerAccount } from '#lib/queries/viewer-account.ts';
import { getWallet } from '#lib/queries/wallet.ts';
import type { CommandResult, OrderDetail } from '#lib/shared/dto.ts';
import { startNetwork, testPerson, type TestNetwork, type TestPerson } from '#lib/testing/network.ts';
import { database } from '#lib/db.ts';
import { portalCodes, wordsOf } from '#lib/errors.ts';
import { prepareTransaction } from './prepare-transaction.ts';
import { relayTransaction } from './relay-transaction.ts';
import { saveProfile } from './save-profile.ts';
import { submitSigned } from './submit-signed.ts';

const provider = testPerson(11);
const customer = testPerson(12);
const voter = testPerson(13);
const agent = testPerson(21);
const newcomer = testPerson(31);
let net: TestNetwork;

beforeAll(async () => {
  net = await startNetwork([
    { person: provider, roles: ['NRC', 'NRP'], balanceMicro: '1000000' },
    { person: customer, roles: ['NRC'], balanceMicro: '50000000' },
    { person: voter, roles: ['NRC', 'NRNSP'], balanceMicro: '0' },
  ]);
  await waitForHeight(0);
}, 60_000);
afterAll(() => net.stop());

async function viewerOf(person: TestPerson): Promise<Viewer> {
  const account = await findViewerAccount(person.hex);
  return { kind: 'person', jti: 'test', address: person.hex, expiresAtMs: Number.MAX_SAFE_INTEGER, account };
}

async function as<Value>(person: TestPerson, work: () => Promise<Value>): Promise<Value> {
  return runAs(await viewerOf(person), work);
}

function submit(method: MethodName, signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return submitSigned({ method, signedHex, idempotencyKey });
}

let presses = 0;

/** What a person does in a form: prepare, sign, submit. */
async function press(person: TestPerson, method: MethodName, args: Args): Promise<CommandResult> {
  return as(person, async () => {
    const prepared = await prepareTransaction();
    if (!prepared.ok) throw new Error('a signed-in person gets a nonce');
    const hex = net.sign(person, methodOf(method), {
      account: BigInt(prepared.account),
      nonce: BigInt(prepared.nonce),
      args,
    });
    return submit(method, hex, `press-number-${++presses}`);
  });
}

/** What the provider's agent does with its own key, through the open endpoint. */
async function act(method: Method, args: Args): Promise<number> {
  const hex = net.sign(agent, method, { account: 1n, key: 1n, nonce: BigInt(++presses), args });
  const relayed = await runAs({ kind: 'public' }, () => relayTransaction(hex, 10_000));
  return relayed.state === 'decided' ? relayed.item.code : -1;
}

const dataSet = {
  format: 'csv',
  rows: 3,
  bytes: 30,
  checksum: 'sha256:0',
  columns: [{ name: 'day', type: 'DATE', nulls: 0 }],
};
const attributes = dataSetTerms(dataSet);
const strategy = {
  accessClass: 'conditional',
  conditions: [{ rule: 'use.durationMs <= 7200000', sentence: 'use must be at most 2 hours' }],
  ways: dataWaysTerms({ columns: ['day'], formats: ['csv'], rowFilter: '' }),
  opensAtMs: 0n,
  closesAtMs: 0n,
  useMsMax: 86_400_000n,
  limits: [
    { meter: 'bytes', amount: 1_000_000n },
    { meter: 'calls', amount: 100n },
  ],
  prices: [{ meter: 'places', per: 1n, perMs: 0n, amountMicro: 2_000_000n }],
  promise: [{ meter: 'firstByteMs', amount: 500n }],
  degradedPerMille: 250n,
};
const asked = {
  choices: [{ name: 'format', value: 'csv' }],
  amounts: [
    { meter: 'bytes', amount: 1_000n },
    { meter: 'calls', amount: 10n },
    { meter: 'places', amount: 1n },
  ],
};
const application = {
  resource: 1n,
  provider: 1n,
  strategyVersion: 1n,
  purpose: 'research',
  fieldOfBusiness: 'weather',
  ...asked,
  holdMicro: 2_000_000n,
  continues: 0n,
  encryptionKey: new Uint8Array(32).fill(7),
  voucherKey: new Uint8Array(20),
};

/** A provider with an agent of its own. */
interface Serving {
  person: TestPerson;
  agent: TestPerson;
  owner: bigint;
}
const first: Serving = { person: provider, agent, owner: 1n };

async function authorise({ person, agent: key, owner }: Serving): Promise<CommandResult> {
  const digest = possessionDigest({ network: net.network, account: owner, address: key.address }, nobleCrypto);
  return press(person, 'AuthorizeKey', {
    keyAddress: key.address,
    label: 'agent',
    methods: ['Prepare', 'ClaimUsage', 'Reissue', 'EndAgreement', 'SuspendResource'],
    resources: [],
    spendingCapMicro: 0n,
    expiresAtMs: BigInt(Date.now() + 3_600_000),
    proof: nobleCrypto.signRecoverable(digest, key.secretKey),
  });
}

async function publish({ person, agent: key, owner }: Serving): Promise<CommandResult> {
  const testedAtMs = BigInt(Date.now());
  const digest = resourceTestDigest(
    { network: net.network, owner, sourceId: 'days', kind: 'data', attributes, testedAtMs },
    nobleCrypto,
  );
  const words = {
    kind: 'data',
    title: 'Days',
    summary: 'Three days',
    tags: ['weather'],
    region: 'here',
    licence: 'CC0',
    sourceUrl: '',
  };
  const tested = {
    agentKey: 1n,
    sourceId: 'days',
    attributes,
    capacity: [{ meter: 'places', amount: 1n }],
    testedAtMs,
    testSignature: nobleCrypto.signRecoverable(digest, key.secretKey),
  };
  return press(person, 'PublishResource', { ...words, ...tested, strategy });
}

const order = (person: TestPerson): Promise<OrderDetail | null> => as(person, () => getOrder(1));

async function until(holds: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error('it did not come about in time');
    await nextHeight(500);
  }
}

describe('commands against four validators', () => {
  test('an account is its own first signed action, and its grant is on its statement [7.2.1-b]', async () => {
    const owner = newcomer.address;
    const args = { owner, profileCommitment: new Uint8Array(32), encryptionKey: new Uint8Array(32).fill(9) };
    const made = await press(newcomer, 'CreateAccount', args);
    expect(made).toMatchObject({ ok: true, data: { account: '4' } });
    expect(await viewerOf(newcomer)).toMatchObject({ account: { id: 4, roles: ['NRC'] } });
    expect((await as(newcomer, () => getWallet(1)))?.balanceMicro).toBe('5000000');
  });

  test('a repeated press, also at the same moment, is one transfer; the key for another transaction is refused', async () => {
    const hexOf = async (amountMicro: bigint) => {
      const prepared = await as(newcomer, prepareTransaction);
      return net.sign(newcomer, methodOf('Transfer'), {
        account: 4n,
        nonce: BigInt(prepared.ok ? prepared.nonce : 0),
        args: { to: 3n, amountMicro },
      });
    };
    const hex = await hexOf(1_000n);
    const results = await as(newcomer, () => Promise.all([1, 2, 3].map(() => submit('Transfer', hex, 'same-press-1'))));
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]).toMatchObject({ ok: true });
    expect(await as(newcomer, () => submit('Transfer', hex, 'another-press'))).toMatchObject({ ok: true });
    const sent = await as(newcomer, () => getWallet(1));
    expect(sent?.balanceMicro).toBe('4999000');
    expect(sent?.entries.items[0]).toMatchObject({ what: 'Sent to', other: { id: 3 } });
    const other = await hexOf(2_000n);
    expect(await as(newcomer, () => submit('Transfer', other, 'same-press-1'))).toMatchObject({
      ok: false,
      code: 9010,
    });
  });

  test('nonces are handed out once each, to many tabs at once', async () => {
    const handed = await as(newcomer, () => Promise.all(Array.from({ length: 20 }, () => prepareTransaction())));
    expect(new Set(handed.map((one) => (one.ok ? one.nonce : one.sentence))).size).toBe(20);
  });

  test.each(['\u202Eevil', 'Two\u200BWords', '\u200B\u200B'])(
    'a name with what nobody sees (%j) is refused',
    async (name) => {
      const refused = await as(newcomer, () => saveProfile({ name, salt: '0'.repeat(64), isPublic: true }));
      expect(refused).toMatchObject({ ok: false, sentence: expect.stringContaining('nobody sees') as string });
    },
  );

  test('who has asked for too many nonces is told so, and not that the session has ended', async () => {
    const setTokens = (tokens: number) =>
      database().rateLimit.updateMany({ where: { bucket: 'nonce' }, data: { tokens, updatedAt: new Date() } });
    await setTokens(-200);
    expect(await as(newcomer, prepareTransaction)).toEqual({
      ok: false,
      sentence: wordsOf(portalCodes.RATE_LIMITED).sentence,
    });
    await setTokens(200);
    expect(await as(newcomer, prepareTransaction)).toMatchObject({ ok: true });
  });

  test('only what the session’s own account signed for this very form is submitted', async () => {
    const nonce = 900n;
    const args = { to: 3n, amountMicro: 1n };
    const own = net.sign(newcomer, methodOf('Transfer'), { account: 4n, nonce, args });
    const foreign = net.sign(customer, methodOf('Transfer'), { account: 2n, nonce, args });
    const pretended = net.sign(newcomer, methodOf('Transfer'), { account: 2n, nonce, args });
    const cases: [string, MethodName, string, number][] = [
      ['another method', 'RequestRole', own, 9008],
      ['another person’s signature', 'Transfer', foreign, 9009],
      ['another account in the header', 'Transfer', pretended, 9009],
      ['no hex', 'Transfer', 'zz', 1],
      ['nothing', 'Transfer', '', 1],
      ['a byte too many', 'Transfer', `${own}00`, 1],
      ['a role it does not hold', 'Vote', own, 9002],
    ];
    for (const [what, method, hex, code] of cases) {
      const result = await as(newcomer, () => submit(method, hex, `case-${++presses}-xx`));
      expect([what, result.ok ? 0 : result.code]).toEqual([what, code]);
    }
    expect(await runAs({ kind: 'public' }, () => submit('Transfer', own, 'nobody-1234'))).toMatchObject({
      ok: false,
      status: 401,
    });
    expect(await as(newcomer, () => submit('Transfer', own, "'; DROP TABLE--"))).toMatchObject({
      ok: false,
      code: 9004,
    });
  });

  test('a role is requested, voted and held, and each step stands in the history [8.2.2-b]', async () => {
    expect(await press(newcomer, 'RequestRole', { role: 'NRP' })).toMatchObject({ ok: true });
    expect(await press(voter, 'Vote', { proposal: 1n, approve: true })).toMatchObject({ ok: true });
    const proposals = await as(voter, () => getProposals(1));
    expect(proposals.items[0]).toMatchObject({
      status: 'passed',
      proposes: 'the role NRP for A-4',
      concerns: { id: 4 },
      votes: [{ approve: true }],
    });
    expect(await viewerOf(newcomer)).toMatchObject({ account: { roles: ['NRC', 'NRP'] } });
  });

  test('a validator is proposed with its key’s proof, voted in, classified and listed with its operator [6.2.1-b] [8.5.1-b]', async () => {
    const secret = new Uint8Array(32).fill(77);
    const digest = validatorDigest({ network: net.network, operator: 4n }, nobleCrypto);
    const offer = { name: 'Fifth', publicKey: nobleCrypto.publicKey(secret), operator: 4n };
    const proof = nobleCrypto.sign(digest, secret);
    const wrong = { ...offer, operator: 3n, proof };
    expect(await press(voter, 'ProposeValidator', wrong)).toMatchObject({ code: 804, status: 400 });
    expect(await press(voter, 'ProposeValidatorRemoval', { node: 1n })).toMatchObject({
      code: 809,
      status: 409,
    });
    const opened = await press(voter, 'ProposeValidator', { ...offer, proof });
    expect(opened).toMatchObject({ ok: true, data: { proposal: '2' } });
    expect((await as(voter, () => getProposals(1))).items[0]).toMatchObject({
      method: 'ProposeValidator',
      concerns: { id: 4 },
      status: 'open',
      args: expect.arrayContaining([{ name: 'publicKey', value: toHex(offer.publicKey) }]),
    });
    expect(await press(voter, 'Vote', { proposal: 2n, approve: true })).toMatchObject({ ok: true });
    const nodes = await runAs({ kind: 'public' }, () => getNodes());
    expect(nodes.map(({ name, operator }) => [name, operator?.id])).toEqual([
      ...[0, 1, 2, 3].map((n) => [`Validator ${n}`, undefined]),
      ['Fifth', 4],
    ]);
    expect(nodes[4]).toMatchObject({ id: 5, status: 'validating', equivocations: 0, changesAtMs: null });
  });

  test('a resource is registered with its test, and found at once [8.3.1-a]', async () => {
    expect(await authorise(first)).toMatchObject({ ok: true, data: { key: '1' } });
    const published = await publish(first);
    expect(published).toMatchObject({ ok: true, data: { resource: '1' } });
    const found = await runAs({ kind: 'public' }, () => getCatalogue({ text: 'days' }));
    expect(found.items).toMatchObject([{ id: 1, accessClass: 'conditional', free: [{ meter: 'places', amount: 1 }] }]);
    expect(found.asOf.height).toBeGreaterThanOrEqual(published.ok ? published.height : 0);
  });

  test('an application is refused with the condition named, as “would I be admitted?” had said [6.2.4-b]', async () => {
    const question = {
      resource: 1,
      purpose: 'research',
      field: 'weather',
      durationMs: 21_600_000,
      choices: asked.choices,
      amounts: asked.amounts.map(({ meter, amount }) => ({ meter, amount: Number(amount) })),
    };
    const answered = await as(customer, () => getAdmission(question));
    expect(answered).toMatchObject({
      admitted: false,
      failed: [{ index: 0, sentence: 'use must be at most 2 hours', asked: 'you asked for 6 hours' }],
      conditions: [
        {
          index: 0,
          sentence: 'use must be at most 2 hours',
          verdict: 'unmet',
          asked: 'you asked for 6 hours',
          reads: ['use.durationMs'],
          changes: [[{ name: 'use.durationMs', value: '7200000' }]],
        },
      ],
    });
    const result = await press(customer, 'Apply', { ...application, durationMs: 21_600_000n });
    expect(result).toMatchObject({ ok: true, data: { refused: '1' } });
    expect((await as(customer, () => getRefusals(1))).items[0]?.failed).toEqual(answered?.failed);
  });

  test('an order goes from hold to bill; both parties read the same, and each change names from, to, by whom and why [8.2.2-b]', async () => {
    expect(await press(customer, 'Apply', { ...application, durationMs: 60_000n })).toMatchObject({
      ok: true,
      data: { agreement: '1' },
    });
    expect((await as(customer, () => getWallet(1)))?.heldMicro).toBe('2000000');
    const startsAtMs = BigInt(Date.now());
    expect(await act(methodOf('Prepare'), { agreement: 1n, startsAtMs, descriptor: new Uint8Array(64).fill(5) })).toBe(
      0,
    );
    expect((await order(customer))?.status).toBe('active');
    // The interval has to be over before it can be claimed.
    await until(async () => Date.now() > Number(startsAtMs) + 2_500);
    const claim = {
      agreement: 1n,
      used: [
        { meter: 'bytes', amount: 30n },
        { meter: 'calls', amount: 1n },
        { meter: 'rows', amount: 3n },
      ],
      runs: encodeRuns([
        { count: 1, state: 'kept', measured: [100] },
        { count: 1, state: 'degraded', measured: [900] },
      ]),
      untilMs: startsAtMs + 2_000n,
    };
    expect(await act(methodOf('ClaimUsage'), claim)).toBe(0);
    expect(await press(customer, 'EndAgreement', { agreement: 1n, reason: 'done' })).toMatchObject({
      ok: true,
    });
    await until(async () => (await order(customer))?.status === 'settled');
    const [mine, theirs] = [await order(customer), await order(provider)];
    expect(mine?.bill).toEqual(theirs?.bill);
    expect(mine?.bill?.unexplainedMicro).toBe('0');
    expect(mine?.bill?.runs.map(({ state }) => state)).toEqual(['kept', 'degraded', 'down']);
    expect(BigInt(mine?.bill?.chargeMicro ?? 0)).toBeGreaterThan(0n);
    expect(mine?.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'AgreementReserved',
        'AgreementPrepared',
        'AgreementActivated',
        'UsageClaimed',
        'AgreementEnded',
        'AgreementSettled',
      ]),
    );
    expect(mine?.events.find(({ type }) => type === 'AgreementEnded')?.sentence).toBe(
      'O-1 ended by A-2 (done) and counts as completed.',
    );
    const wallet = await as(customer, () => getWallet(1));
    expect(wallet?.entries.items.find(({ what }) => what.startsWith('Held'))?.other).toBeNull();
    const sum = wallet?.entries.items.reduce((total, entry) => total + BigInt(entry.amountMicro), 0n);
    expect([wallet?.heldMicro, wallet?.balanceMicro]).toEqual(['0', sum?.toString()]);
  });

  test('receipts verify against the anchor, an order’s only for its parties [7.2.5-a]', async () => {
    const settled = (await order(customer))?.events.find(({ type }) => type === 'AgreementReserved');
    const logIndex = settled?.logIndex ?? -1;
    const receipt = await as(customer, () => getReceipt(logIndex));
    const anchor = anchorFromJson(readFileSync(`${net.home}/anchor.json`, 'utf8'));
    const verdict = verifyReceipt(receipt, anchor.ok ? anchor.value : undefined, nobleCrypto);
    expect([verdict.ok, verdict.authenticated]).toEqual([true, true]);
    expect(Object.keys(receipt ?? {})[0]).toBe('sentence');
    expect(await as(customer, () => getReceiptName(logIndex))).toBe(`interpool-O-1-receipt-${logIndex}.json`);
    expect(await as(newcomer, () => getReceiptName(logIndex))).toBe(`interpool-receipt-${logIndex}.json`);
    expect(await as(newcomer, () => getReceipt(logIndex))).toBeNull();
    expect(await runAs({ kind: 'public' }, () => getReceipt(logIndex))).toBeNull();
    const tx = settled?.tx ?? '';
    expect((await as(customer, () => getTransaction(tx)))?.fields.find(({ name }) => name === 'purpose')?.value).toBe(
      'research',
    );
    const strange = await as(newcomer, () => getTransaction(tx));
    expect(strange?.account).toBeNull();
    expect(strange?.fields.every(({ value }) => value === 'only the parties see this')).toBe(true);
  });

  test('a provider of one part gets proof of its own part and nothing of the other, which verifies all the same [7.2.1-b] [8.3.1-b]', async () => {
    const second: Serving = { person: newcomer, agent: testPerson(22), owner: 4n };
    expect(await authorise(second)).toMatchObject({ ok: true, data: { key: '1' } });
    expect(await publish(second)).toMatchObject({ ok: true, data: { resource: '2' } });
    const part = (resource: bigint, owner: bigint) => ({
      resource,
      provider: owner,
      strategyVersion: 1n,
      durationMs: 60_000n,
      ...asked,
      holdMicro: 2_000_000n,
      backup: [],
    });
    const bought = await press(customer, 'PlaceOrder', {
      purpose: 'planning',
      fieldOfBusiness: 'weather',
      parts: [part(1n, 1n), part(2n, 4n)],
      holdMicro: 4_000_000n,
      encryptionKey: application.encryptionKey,
      voucherKey: application.voucherKey,
    });
    expect(bought).toMatchObject({ ok: true, data: { agreement: '2' } });
    const whole = await as(customer, () => getOrder(2));
    expect([whole?.parts, whole?.others.map(({ id, part: n }) => [id, n])]).toEqual([2, [[3, 2]]]);
    const logIndex = whole?.events.find(({ type }) => type === 'AgreementReserved')?.logIndex ?? -1;
    const anchor = anchorFromJson(readFileSync(`${net.home}/anchor.json`, 'utf8'));
    const [bought2, served] = [
      await as(customer, () => getReceipt(logIndex)),
      await as(newcomer, () => getReceipt(logIndex)),
    ].map((receipt) => verifyReceipt(receipt, anchor.ok ? anchor.value : undefined, nobleCrypto));
    expect([bought2?.authenticated, served?.authenticated]).toEqual([true, true]);
    const reservedIn = (verdict: typeof served) =>
      verdict?.events.filter(({ type }) => type === 'AgreementReserved').map(({ agreement }) => agreement);
    expect([reservedIn(bought2), reservedIn(served)]).toEqual([[2n, 3n], [3n]]);
    expect([bought2?.transaction === undefined, served?.transaction]).toEqual([false, undefined]);
    const agentViewer: Viewer = { kind: 'agent', address: second.agent.hex, account: 4, key: 1 };
    const wait = { waitMs: 0, signal: new AbortController().signal };
    const fed = await runAs(agentViewer, () => getAgentEvents(BigInt(logIndex) - 1n, wait));
    expect(fed?.items[0]?.logIndex).toBe(String(logIndex));
    expect(
      reservedIn(verifyReceipt(fed?.items[0]?.receipt, anchor.ok ? anchor.value : undefined, nobleCrypto)),
    ).toEqual([3n]);
  });

  test('the read model, dropped and rebuilt by the projector’s own command, is the same to the last row [8.3.1-a]', async () => {
    await net.pauseProjector();
    const standing = (await net.dump()).split('\n\n');
    const printed = await net.rebuild();
    expect(printed).toMatch(/100 % \(block \d+ of \d+\)/);
    const rebuilt = (await net.dump()).split('\n\n');
    // The ledger may have made an empty block meanwhile, which also says in which round the last one was decided.
    const isHeight = (part: string): boolean => part.startsWith('blocks\n') || part.startsWith('checkpoint\n');
    expect(rebuilt.filter((part) => !isHeight(part))).toEqual(standing.filter((part) => !isHeight(part)));
    const heightOf = (row: string): number => Number(/^\((\d+),/.exec(row)?.[1]);
    const blocksOf = (parts: readonly string[]): string[] => {
      const [, ...rows] = parts.find((part) => part.startsWith('blocks\n'))?.split('\n') ?? [];
      return rows.sort((a, b) => heightOf(a) - heightOf(b));
    };
    const decided = blocksOf(standing).slice(0, -1);
    expect(decided.length).toBeGreaterThan(10);
    expect(blocksOf(rebuilt).slice(0, decided.length)).toEqual(decided);
    expect(blocksOf(rebuilt).length).toBeGreaterThan(decided.length);
    net.resumeProjector();
  });

  test('after kill -9 of the ledger process the same press still counts once, and the projector goes on', async () => {
    const prepared = await as(newcomer, prepareTransaction);
    const hex = net.sign(newcomer, methodOf('Transfer'), {
      account: 4n,
      nonce: BigInt(prepared.ok ? prepared.nonce : 0),
      args: { to: 3n, amountMicro: 5n },
    });
    const before = (await as(newcomer, () => getWallet(1)))?.balanceMicro ?? '0';
    expect(await as(newcomer, () => submit('Transfer', hex, 'before-crash'))).toMatchObject({ ok: true });
    await net.crashLedger();
    const again = await as(newcomer, () => submit('Transfer', hex, 'after-crash-1'));
    expect(again).toMatchObject({ ok: true });
    expect((await as(newcomer, () => getWallet(1)))?.balanceMicro).toBe((BigInt(before) - 5n).toString());
  });
});
