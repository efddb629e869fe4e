import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { methods, type MethodName } from '#ledger/contracts/definitions.ts';
import { submitSigned } from '#lib/commands/submit-signed.ts';
import { database } from '#lib/db.ts';
import { placeOf } from '#lib/read-model.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { HOLDERS, permissions, type Action } from './roles.ts';
import { runAs, type Viewer } from './viewer.ts';

const queriesFolder = new URL('../queries/', import.meta.url);
let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel();
  const agent = { address: '77'.repeat(20), origin: 'http://localhost:4100', label: 'agent', sources: [] };
  await database().agent.create({ data: agent });
  const job = { agent: agent.address, kind: 'test', account: 1n, sourceId: 'weather', state: 'waiting' };
  const expiresAt = new Date(Date.now() + 60_000);
  await database().job.create({ data: { ...job, expiresAt } });
  await database().job.create({ data: { ...job, kind: 'prove', sourceId: '', expiresAt } });
  await addStoringOrder();
});

/** Order 50: an ended one of customer 2 that goes on to store something. */
async function addStoringOrder(): Promise<void> {
  const client = new pg.Client({ connectionString: model.projectorUrl });
  await client.connect();
  const agreements = placeOf('agreements');
  await client.query(`CREATE TEMP TABLE another AS SELECT * FROM ${agreements} WHERE "id" = 1`);
  await client.query(
    `UPDATE another SET "id" = 50, "order" = 50, "kind" = 'storage', "startsAtMs" = 1, "endedAtMs" = 2`,
  );
  await client.query(`UPDATE another SET "graceUntilMs" = 1000000000000000`);
  await client.query(`INSERT INTO ${agreements} SELECT * FROM another`);
  await client.end();
}
afterAll(() => model.stop());

const person = (id: number | null, ...roles: string[]): Viewer => ({
  kind: 'person',
  jti: 'none',
  address: id === null ? 'ee'.repeat(20) : id.toString(16).padStart(2, '0').repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: id === null ? null : { id, roles, encryptionKey: '', name: null },
});

/** Order 1 and application 1 are between customer 2 and provider 1, who owns resource 1, agent 77…77, its test as job 1 and its key's offer as job 2. */
const viewers = {
  public: { kind: 'public' },
  'signed in, no account': person(null),
  customer: person(2, 'NRC'),
  provider: person(1, 'NRC', 'NRP'),
  'other customer': person(4, 'NRC'),
  'other provider': person(15, 'NRC', 'NRP'),
  broker: person(16, 'NRB'),
  'node provider': person(3, 'NRC', 'NRNSP'),
  maintainer: person(17, 'NRNSM'),
  operator: person(18, 'NO'),
  'every role': person(19, 'NRC', 'NRP', 'NRB', 'NRNSP', 'NRNSM', 'NO'),
  'provider’s agent': { kind: 'agent', address: '77'.repeat(20), account: 1, key: 1 },
  'unpaired agent': { kind: 'agent', address: '99'.repeat(20), account: null, key: null },
} as const satisfies Record<string, Viewer>;
type Who = keyof typeof viewers;
const everyone = Object.keys(viewers) as Who[];
const withAccount = everyone.filter((who) => viewers[who].kind === 'person' && who !== 'signed in, no account');

type Call = (query: (...args: never[]) => Promise<unknown>) => Promise<unknown>;
const call =
  (...args: unknown[]): Call =>
  (query) =>
    (query as (...given: unknown[]) => Promise<unknown>)(...args);

const question = {
  resource: 1,
  purpose: 'research',
  field: 'weather',
  durationMs: 1,
  choices: [{ name: 'format', value: 'csv' }],
  amounts: [{ meter: 'calls', amount: 1 }],
};

/** Every query with the ids of things that exist: who gets something. Everybody else gets what a missing id gives. */
const queries: Record<string, { own: Call; missing?: Call; seenBy: readonly Who[]; needsLedger?: true }> = {
  getAccount: { own: call(1), missing: call(99), seenBy: everyone },
  getAccountByAddress: { own: call(`0x${'01'.repeat(20)}`), missing: call(`0x${'0b'.repeat(20)}`), seenBy: everyone },
  getAdmission: {
    own: call(question),
    missing: call({ ...question, resource: 0 }),
    seenBy: withAccount,
    needsLedger: true,
  },
  getAccountRefs: { own: call([1]), missing: call([99]), seenBy: everyone },
  getAccountsNamed: { own: call('A-1'), missing: call('A-99'), seenBy: everyone },
  getAgents: { own: call(), seenBy: ['provider'] },
  getAgentEvents: {
    own: call(-1n, { waitMs: 0, signal: new AbortController().signal }),
    seenBy: ['provider’s agent', 'unpaired agent'],
    needsLedger: true,
  },
  getAnchor: { own: call(), seenBy: everyone },
  getBlock: { own: call(3), missing: call(99), seenBy: everyone },
  getBlocks: { own: call(1), seenBy: everyone },
  getCatalogue: { own: call({}), seenBy: everyone },
  getContinuable: { own: call(1), missing: call(99), seenBy: ['customer'] },
  getCorrection: { own: call('wheather'), missing: call('zzzzzzzz'), seenBy: everyone },
  getConsensusStrip: { own: call(), seenBy: everyone },
  getFilledBlocks: { own: call(1), seenBy: everyone },
  getGatewayOrigin: { own: call(1), missing: call(99), seenBy: ['customer'] },
  getHead: { own: call(), seenBy: everyone, needsLedger: true },
  getHealth: { own: call(), seenBy: everyone },
  getNetwork: { own: call(), seenBy: everyone },
  getNodes: { own: call(), seenBy: everyone },
  getOrder: { own: call(1), missing: call(99), seenBy: ['customer', 'provider', 'provider’s agent'] },
  getOrders: { own: call({ as: 'customer' }), seenBy: ['customer'] },
  getOutcome: { own: call('98'.repeat(32)), missing: call('ff'.repeat(32)), seenBy: everyone },
  getOwnKeys: { own: call(), seenBy: ['provider'] },
  getOwnResources: { own: call(1), seenBy: ['provider'] },
  getPairingProof: { own: call('2'), missing: call('1'), seenBy: ['provider'] },
  getParameters: { own: call(), seenBy: everyone },
  getProposals: { own: call(1), seenBy: withAccount },
  getReceipt: {
    own: call(2),
    missing: call(99),
    seenBy: ['customer', 'provider', 'provider’s agent'],
    needsLedger: true,
  },
  getReceiptName: { own: call(2), seenBy: everyone },
  getRefusals: { own: call(1), seenBy: ['customer'] },
  getResource: { own: call(1), missing: call(99), seenBy: everyone },
  getRevisionFacts: { own: call(1), missing: call(99), seenBy: ['provider'] },
  getRetiredNodes: { own: call(1), seenBy: everyone },
  getSession: { own: call(), seenBy: [...withAccount, 'signed in, no account'] },
  getSigningFacts: { own: call([1]), seenBy: withAccount },
  // Of the others no token has ever moved.
  getStatement: { own: call(), seenBy: ['customer', 'other customer', 'provider'] },
  getTestResult: { own: call('1'), missing: call('2'), seenBy: ['provider'] },
  getTransaction: { own: call('98'.repeat(32)), missing: call('ff'.repeat(32)), seenBy: everyone },
  getTransactions: { own: call(1), seenBy: everyone },
  getVocabulary: { own: call(), seenBy: everyone },
  getWallet: { own: call(1), seenBy: withAccount },

  search: { own: call('O-1'), missing: call('O-99'), seenBy: ['customer', 'provider', 'provider’s agent'] },
};

/** Helpers of other queries and handlers: each is called by one that authorises, or holds nothing that is anybody's. */
const helpers = [
  'accountsNamed',
  'agentOrigin',
  'concerning',
  'corrected',
  'emptyPage',
  'eventsWhere',
  'findAgentAnswer',
  'findAgentKey',
  'findCommitment',
  'findItem',
  'findPart',
  'findViewerAccount',
  'askLedger',
  'troublesAt',
  'loadAccountRefs',
  'newsSince',
  'nodeNames',
  'openLiveStream',
  'orderNames',
  'pageOf',
  'placesOf',
  'readAsOf',
  'readableReceipts',
  'sampleOf',
  'subjectEvents',
  'textConditions',
  'titlesOf',
  'toOrders',
  'toSummaries',
  'toTransactions',
  'waitForHeight',
];

async function exportsOf(folder: URL): Promise<Map<string, (...args: never[]) => Promise<unknown>>> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const found = new Map<string, (...args: never[]) => Promise<unknown>>();
  for (const file of files) {
    const module = (await import(fileURLToPath(new URL(file, folder)))) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module)) {
      if (typeof value === 'function' && value.constructor.name === 'AsyncFunction') found.set(name, value as never);
    }
  }
  return found;
}

/** Nothing: null, no items, no entries. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && 'items' in value && Array.isArray(value.items) && value.items.length === 0;
}

type Seen = 'something' | 'nothing' | 'ledger away';

async function ask(viewer: Viewer, query: (...args: never[]) => Promise<unknown>, how: Call): Promise<Seen> {
  try {
    return isNothing(await runAs(viewer, () => how(query))) ? 'nothing' : 'something';
  } catch (error) {
    if (error instanceof Error && error.name === 'LedgerUnavailable') return 'ledger away';
    throw error;
  }
}

describe('who reads what', () => {
  test('every query stands in the matrix', async () => {
    const names = [...(await exportsOf(queriesFolder)).keys()];
    expect(names.filter((name) => !(name in queries) && !helpers.includes(name))).toEqual([]);
  });

  test.each(Object.keys(queries))(
    '%s: every role, own and foreign ids; who may not gets what a missing id gives [7.2.1-b]',
    async (name) => {
      const query = (await exportsOf(queriesFolder)).get(name);
      const { own, missing, seenBy, needsLedger } = queries[name] ?? { own: call(), seenBy: [] };
      if (query === undefined) throw new Error(`${name} is exported`);
      const allowed: Seen = needsLedger === true ? 'ledger away' : 'something';
      for (const who of everyone) {
        expect([who, await ask(viewers[who], query, own)]).toEqual([who, seenBy.includes(who) ? allowed : 'nothing']);
        if (missing !== undefined) expect([who, await ask(viewers[who], query, missing)]).toEqual([who, 'nothing']);
      }
    },
  );
});

const customers: readonly Who[] = [
  'customer',
  'provider',
  'other customer',
  'other provider',
  'node provider',
  'every role',
];
const providers: readonly Who[] = ['provider', 'other provider', 'every role'];
const nodeProviders: readonly Who[] = ['node provider', 'every role'];

/** Every method, and who may try: the ledger then decides by its own state. */
const commands: Record<MethodName, readonly Who[]> = {
  Apply: customers,
  AuthorizeKey: withAccount,
  Vote: nodeProviders,
  ContestClaim: withAccount,
  CreateAccount: [...withAccount, 'signed in, no account'],
  EndAgreement: withAccount,
  PlaceOrder: customers,
  Prepare: providers,
  Reissue: providers,
  ReportErasure: providers,
  ClaimUsage: providers,
  ProposeGrant: nodeProviders,
  ProposeParameter: nodeProviders,
  ProposeValidator: nodeProviders,
  ProposeValidatorRemoval: nodeProviders,
  PublishResource: providers,
  RequestReissue: withAccount,
  RequestRole: withAccount,
  ResumeResource: providers,
  RetireResource: providers,
  ReviseStrategy: providers,
  RevokeKey: withAccount,
  SetEncryptionKey: withAccount,
  SuspendResource: providers,
  Transfer: withAccount,
  UpdateProfile: withAccount,
};

describe('who submits what', () => {
  test.each(methods)(
    '$name: every role; only those who may get as far as their signature [7.2.1-b]',
    async ({ name: method }) => {
      for (const who of everyone) {
        const submission = { method, signedHex: '00', idempotencyKey: 'matrix-key' };
        const result = await runAs(viewers[who], () => submitSigned(submission));
        const refused = who === 'public' ? 9001 : 9002;
        expect([who, result.ok ? 0 : result.code]).toEqual([who, commands[method].includes(who) ? 1 : refused]);
      }
    },
  );

  test('what is no method is refused before anything is read', async () => {
    for (const method of ['', 'apply', 'toString', '__proto__', 'DropTables']) {
      const submission = { method, signedHex: '00', idempotencyKey: 'matrix-key' };
      expect(await runAs(viewers.customer, () => submitSigned(submission))).toMatchObject({ ok: false, code: 9004 });
    }
  });

  test('every action names holders that exist', () => {
    for (const action of Object.keys(permissions) as Action[]) {
      for (const holder of permissions[action].holders) expect(HOLDERS).toContain(holder);
    }
  });
});
