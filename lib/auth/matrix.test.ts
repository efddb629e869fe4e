import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { methods, type MethodName } from '#ledger/contracts/definitions.ts';
import { submitSigned } from '#lib/commands/submit-signed.ts';
import { database } from '#lib/db.ts';
import { placeOf } from '#lib/read-model.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { sampleTask } from '#lib/testing/sample-task.ts';
import { HOLDERS, permissions, type Action } from './roles.ts';
import { runAs, type Viewer } from './viewer.ts';

const queriesFolder = new URL('../queries/', import.meta.url);
const LOST_AGENT = 'ab'.repeat(20);
let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel(undefined, [sampleTask()]);
  const agent = { address: '77'.repeat(20), origin: 'http://localhost:4100', label: 'agent', sources: [] };
  await database().agent.create({ data: agent });
  await database().payload.create({
    data: { digest: '42'.repeat(32), account: 2n, bytes: new Uint8Array(28), size: 28 },
  });
  const job = { agent: agent.address, kind: 'test', account: 1n, sourceId: 'weather', state: 'waiting' };
  const expiresAt = new Date(Date.now() + 60_000);
  await database().job.create({ data: { ...job, expiresAt } });
  await database().job.create({ data: { ...job, kind: 'prove', sourceId: '', expiresAt } });
  await database().agent.create({
    data: { ...agent, address: LOST_AGENT, code: 'ABCDEFGH', codeExpiresAt: new Date(Date.now() + 3_600_000) },
  });
  await addLostPairing();
  await addStoringOrder();
  await addWatchedNode();
  await addIncident();
  await addRegisteredNode();
  await addProximitySession();
});

/** Key 9 of provider 1 was its other agent's, and is revoked. */
async function addLostPairing(): Promise<void> {
  const client = new pg.Client({ connectionString: model.projectorUrl });
  await client.connect();
  const keys = placeOf('account_keys');
  await client.query(`CREATE TEMP TABLE lost AS SELECT * FROM ${keys} WHERE "account" = 1 AND "key" = 0`);
  await client.query(`UPDATE lost SET "key" = 9, "address" = '${LOST_AGENT}', "revoked" = TRUE`);
  await client.query(`INSERT INTO ${keys} SELECT * FROM lost`);
  await client.end();
}

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

/** Order 1 was a session of provider 1's service node, which operator 18 identified. */
async function addProximitySession(): Promise<void> {
  const client = new pg.Client({ connectionString: model.projectorUrl });
  await client.connect();
  await client.query(`INSERT INTO ${placeOf('proximity_sessions')} ("agreement", "resource", "serviceNode", "userNode", "operator", "sessionMs",
    "keptPerMille", "inputBytes", "outputBytes", "terminateCause", "isDisconnect", "paidMs", "dueMicro", "recordedAtMs")
    VALUES (1, 1, 1, 2, 18, 1, 1000, 1, 1, 'User-Request', FALSE, 0, 0, 1)`);
  await client.end();
}

/** Node 77 of the register is provider 1's agent, which was evaluated, node 78 its portal. */
async function addRegisteredNode(): Promise<void> {
  const client = new pg.Client({ connectionString: model.projectorUrl });
  await client.connect();
  await client.query(`INSERT INTO ${placeOf('nodes')} ("id", "name", "operator", "key", "publicKey", "address", "class", "status", "software",
    "endpoint", "failedAttempts", "suspensions", "equivocations", "registeredAtMs", "changedAtMs", "reason", "credit")
    VALUES (77, 'agent', 1, 1, '', '${'77'.repeat(20)}', 'service', 'registered', '1.0.0', '', 0, 0, 0, 1, 1, '', 900),
      (78, 'portal', 1, 2, '', '${'78'.repeat(20)}', 'common', 'active', '1.0.0', 'https://portal.example', 0, 0, 0, 1, 1, '', NULL)`);
  await client.query(`INSERT INTO ${placeOf('node_credits')} ("node", "epoch", "from", "to", "online", "probes", "activity", "history", "cause",
    "probesFailed", "activityCount", "completed", "broken", "qualityMissed", "contestsLost", "suspensions", "equivocations", "atMs")
    VALUES (77, 5, 0, 900, 900, 900, 900, 900, 'first-evaluation', 100, 9, 0, 0, 0, 0, 0, 0, 1)`);
  await client.query(`INSERT INTO ${placeOf('permission_changes')} ("height", "phase", "index", "sequence", "account", "node", "permission",
    "from", "to", "credit", "threshold", "epoch", "cause", "atMs") VALUES (1, 0, 0, 0, 0, 77, 'consensus', true, false, 1, 600, 5, 'evaluation', 1)`);
  await client.end();
}

/** Node 1 is provider 1's agent, with alert 1, a window, a check that provider 1 asked for, and a webhook; the network has a sample. */
async function addWatchedNode(): Promise<void> {
  const client = new pg.Client({ connectionString: model.url });
  await client.connect();
  await client.query(
    `INSERT INTO monitoring.subjects ("kind", "key", "account") VALUES ('agent', '${'77'.repeat(20)}', 1)`,
  );
  await client.query(`INSERT INTO monitoring.alerts ("subject", "rule", "severity", "state", "scope", "sentence", "firedAt")
    VALUES (1, 'agent-failed', 'critical', 'firing', 'one', 'It has failed.', now())`);
  await client.query(
    `INSERT INTO monitoring.windows ("subject", "from", "to", "account", "note") VALUES (1, now(), now() + interval '1 day', 1, '')`,
  );
  await client.query(
    `INSERT INTO monitoring.checks ("subject", "account", "answeredAt", "sentences") VALUES (1, 1, now(), '[]')`,
  );
  await client.query(
    `INSERT INTO monitoring.webhooks ("url", "secret", "severityMin", "createdBy") VALUES ('https://example.org', 'x', 'notice', 17)`,
  );
  await client.query(
    `INSERT INTO monitoring.state_changes ("subject", "at", "status", "sentence") VALUES (1, now(), 'up', 'Its heartbeats come.')`,
  );
  await client.query(`INSERT INTO monitoring.chain_samples VALUES (now(), '{"waiting":1}')`);
  await client.end();
}
/** Nodes 90 and 91 are of provider 1; incident 1 is about the first, and alert 1 about the second, which no incident is about. */
async function addIncident(): Promise<void> {
  const client = new pg.Client({ connectionString: model.projectorUrl });
  await client.connect();
  const nodes = placeOf('nodes');
  await client.query(`CREATE TEMP TABLE more AS SELECT * FROM ${nodes} WHERE "id" = 1`);
  for (const [id, digits] of [
    [90, '78'],
    [91, '77'],
  ] as const) {
    const facts = `"operator" = 1, "key" = 1, "class" = 'service', "status" = 'active'`;
    await client.query(`UPDATE more SET "id" = ${id}, "address" = '${digits.repeat(20)}', ${facts}`);
    await client.query(`INSERT INTO ${nodes} SELECT * FROM more`);
  }
  await client.query(`INSERT INTO ${placeOf('incidents')} ("id", "node", "operator", "cause", "openedBy", "detectedMs", "openedAtMs", "steps", "text")
    VALUES (1, 90, 1, 'not-reachable', 17, 1, 2, 0, '')`);
  await client.query(`INSERT INTO ${placeOf('attestations')} ("account", "operator", "level", "endsAtMs", "attestedAtMs")
    VALUES (1, 18, 'compared', 9, 1)`);
  await client.query(`INSERT INTO ${placeOf('channels')} ("agreement", "voucherKey", "depositMicro")
    VALUES (1, '${'79'.repeat(20)}', 1)`);
  await client.end();
  await database()
    .$executeRaw`INSERT INTO monitoring.support_messages ("incident", "account", "text") VALUES (1, 17, 'Is it on?')`;
}
afterAll(() => model.stop());

const person = (id: number | null, ...roles: string[]): Viewer => ({
  kind: 'person',
  jti: 'none',
  address: id === null ? 'ee'.repeat(20) : id.toString(16).padStart(2, '0').repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: id === null ? null : { id, roles, encryptionKey: '', name: null },
});

/**
 * Demands 2 and 3 of customer 2 are open, demand 1 of theirs became order 10, between them and others. Order 1 and application 1 are between customer 2 and provider 1, who owns resource 1, agent 77…77, its test as
 * job 1 and its key's offer as job 2.
 */
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
  'broker’s program': { kind: 'agent', address: '88'.repeat(20), account: 16, key: 1, roles: ['NRB'] },
  'maintainer’s program': { kind: 'agent', address: '66'.repeat(20), account: 17, key: 1, roles: ['NRNSM'] },
  'operator’s program': { kind: 'agent', address: '55'.repeat(20), account: 18, key: 1, roles: ['NO'] },
  'provider’s agent': { kind: 'agent', address: '77'.repeat(20), account: 1, key: 1 },
  'unpaired agent': { kind: 'agent', address: '99'.repeat(20), account: null, key: null },
} as const satisfies Record<string, Viewer>;
type Who = keyof typeof viewers;
const everyone = Object.keys(viewers) as Who[];
const withAccount = everyone.filter((who) => viewers[who].kind === 'person' && who !== 'signed in, no account');

/** Who looks after the network sees every node, a provider its own agent. */
const watchers: readonly Who[] = ['node provider', 'maintainer', 'operator', 'every role'];
const maintainers: readonly Who[] = ['maintainer', 'every role'];
const brokers: readonly Who[] = ['broker', 'every role', 'broker’s program'];

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
  getAccessRules: { own: call(), seenBy: everyone },
  exportAlerts: { own: call(), seenBy: watchers },
  getMeasurements: {
    own: call({ fromMs: 0, toMs: 1, after: 0 }),
    missing: call({ fromMs: 1, toMs: 1, after: 0 }),
    seenBy: [...maintainers, 'maintainer’s program'],
  },
  exportSessions: { own: call(), seenBy: ['operator', 'every role'] },
  getPool: { own: call(), seenBy: everyone },
  getProximityNetwork: { own: call(), seenBy: ['operator', 'every role'] },
  getServiceNode: { own: call(), seenBy: ['provider', 'other provider', 'every role'] },
  getSessionOf: { own: call(1), missing: call(99), seenBy: ['customer', 'provider', 'operator'] },
  exportAudit: { own: call({ kind: 'resource', id: 1 }), seenBy: ['operator', 'every role'] },
  getAudit: {
    own: call({ kind: 'resource', id: 1 }),
    missing: call({ kind: 'resource', id: 999 }),
    seenBy: ['operator', 'every role'],
  },
  getConnections: { own: call(), seenBy: watchers },
  getNodePlaces: { own: call(), seenBy: watchers },
  exportNodes: { own: call(), seenBy: watchers },
  getNodeCensus: { own: call(), seenBy: [...watchers, 'provider'] },
  getNodesToChoose: { own: call(), seenBy: [...watchers, 'provider'] },
  getOpenAlertCounts: { own: call(), seenBy: withAccount },
  getOwnAgentStates: { own: call(), seenBy: ['provider'] },
  getStatusChanges: { own: call(), seenBy: watchers },
  findSeenNode: { own: call(1), missing: call(3_000_000_000), seenBy: [...watchers, 'provider'] },
  getAlert: { own: call(1), missing: call(99), seenBy: [...watchers, 'provider'] },
  getAllocation: { own: call(), seenBy: watchers },
  getHost: { own: call({ node: 91 }), missing: call({ node: 1 }), seenBy: everyone },
  getProposedShifts: { own: call(), seenBy: [...maintainers, 'maintainer’s program'] },
  getAlertRules: { own: call(), seenBy: watchers },
  getAlerts: { own: call({}), seenBy: [...watchers, 'provider'] },
  getChainSeries: { own: call('hour'), seenBy: watchers },
  getCheck: { own: call(1), missing: call(99), seenBy: ['provider'] },
  getConsensus: { own: call(), seenBy: watchers },
  getMaintenanceWindows: { own: call(), seenBy: [...watchers, 'provider'] },
  getNodeCounts: { own: call(), seenBy: withAccount },
  getNodeSeries: { own: call(1, 'hour'), missing: call(99, 'hour'), seenBy: [...watchers, 'provider'] },
  getWaitingAlerts: { own: call(), seenBy: withAccount },
  getWatchedNode: { own: call(1), missing: call(99), seenBy: [...watchers, 'provider'] },
  getWatchedNodes: { own: call({}), seenBy: [...watchers, 'provider'] },
  getWebhooks: { own: call(), seenBy: maintainers },
  getAttestation: { own: call(1n), missing: call(99n), seenBy: everyone },
  getOwnIdentity: { own: call(), seenBy: withAccount },
  getWaitingClaims: { own: call(), seenBy: ['operator', 'operator’s program', 'every role'] },
  getIdentityDesk: { own: call(), seenBy: ['operator', 'operator’s program', 'every role'] },
  getAccountCredit: { own: call(1), missing: call(99), seenBy: everyone },
  getWhatIfFacts: { own: call(), seenBy: everyone },
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
  getBrokenPairings: { own: call(), seenBy: ['provider'] },
  getAgents: { own: call(), seenBy: ['provider'] },
  getAgentEvents: {
    own: call(-1n, { waitMs: 0, signal: new AbortController().signal }),
    seenBy: ['provider’s agent', 'unpaired agent', 'broker’s program', 'maintainer’s program', 'operator’s program'],
    needsLedger: true,
  },
  getAnchor: { own: call(), seenBy: everyone },
  getBlock: { own: call(3), missing: call(99), seenBy: everyone },
  getBlocks: { own: call(1), seenBy: everyone },
  getCatalogue: { own: call({}), seenBy: everyone },
  getContractVersions: { own: call(), seenBy: everyone },
  getContinuable: { own: call(1), missing: call(99), seenBy: ['customer'] },
  getCorrection: { own: call('wheather'), missing: call('zzzzzzzz'), seenBy: everyone },
  getConsensusStrip: { own: call(), seenBy: everyone },
  getDemand: { own: call(2), missing: call(99), seenBy: ['customer', ...brokers] },
  getDemands: { own: call({}), seenBy: ['customer'] },
  getDesk: { own: call({}), seenBy: brokers },
  getDeskDemands: { own: call({}), seenBy: brokers },
  getFilledBlocks: { own: call(1), seenBy: everyone },
  getOrderOrigins: { own: call(1), missing: call(99), seenBy: ['customer'] },
  getIncident: { own: call(1), missing: call(99), seenBy: [...watchers, 'provider'] },
  getIncidents: { own: call({}), missing: call({ watched: 99 }), seenBy: [...watchers, 'provider'] },
  getOrderMoves: { own: call(1), missing: call(99), seenBy: maintainers },
  getProposedIncident: { own: call(1), missing: call(99), seenBy: maintainers },
  getProposedIncidents: { own: call(), seenBy: maintainers },
  getRepairableNodes: { own: call(), seenBy: maintainers },
  getSupportMessages: { own: call(1), missing: call(99), seenBy: [...maintainers, 'provider'] },
  getHead: { own: call(), seenBy: everyone, needsLedger: true },
  getHealth: { own: call(), seenBy: everyone },
  recentReadiness: { own: call(), seenBy: everyone },
  getMarketEvents: {
    own: call(-1n, { waitMs: 0, signal: new AbortController().signal }),
    seenBy: ['broker’s program'],
    needsLedger: true,
  },
  // The sample's broker and the providers of its task are none of these: matches.test.ts shows who they are.
  getMatches: { own: call(1), seenBy: [] },
  getMatchings: { own: call(1), seenBy: everyone },
  getNetwork: { own: call(), seenBy: everyone },
  getNetworkRewards: { own: call(), seenBy: everyone },
  getNode: { own: call(1), missing: call(99), seenBy: everyone },
  getNodeFacts: { own: call(), seenBy: everyone },
  getNodeOfPortal: { own: call('https://portal.example'), missing: call('https://nobody.example'), seenBy: everyone },
  getNodeOfKey: { own: call('77'.repeat(20)), missing: call('no address'), seenBy: everyone },
  getNodeCredit: { own: call(1), missing: call(99), seenBy: everyone },
  getNodes: { own: call(), seenBy: everyone },
  getNoticeChoices: { own: call(), seenBy: brokers },
  getNotices: { own: call({ as: 'provider' }), seenBy: ['provider'] },
  getOpenDemand: { own: call(2), missing: call(3), seenBy: ['provider'] },
  getOpenDemands: { own: call({}), seenBy: ['provider'] },
  getOrder: { own: call(1), missing: call(99), seenBy: ['customer', 'provider', 'provider’s agent'] },
  getOrders: { own: call({ as: 'customer' }), seenBy: ['customer'] },
  getOutcome: { own: call('98'.repeat(32)), missing: call('ff'.repeat(32)), seenBy: everyone },
  getOwnKeys: { own: call(), seenBy: ['provider'] },
  getOwnRanges: { own: call(1), seenBy: [] },
  getOwnResources: { own: call(1), seenBy: ['provider'] },
  getPairingProof: { own: call('2'), missing: call('1'), seenBy: ['provider'] },
  getParameters: { own: call(), seenBy: everyone },
  getPayload: { own: call('42'.repeat(32)), missing: call('43'.repeat(32)), seenBy: ['customer'] },
  getPermissionChanges: { own: call(1), seenBy: everyone },
  getPlaces: { own: call(), seenBy: everyone },
  getProposals: { own: call(1), seenBy: withAccount },
  getReceipt: {
    own: call(2),
    missing: call(99),
    seenBy: ['customer', 'provider', 'provider’s agent'],
    needsLedger: true,
  },
  getReceiptName: { own: call(2), seenBy: everyone },
  getRefusals: { own: call(1), seenBy: ['customer'] },
  getRefusedProgram: { own: call('66'.repeat(32)), missing: call('67'.repeat(32)), seenBy: everyone },
  getRefusedPrograms: { own: call(1), seenBy: everyone },
  getRegister: { own: call({}), seenBy: everyone },
  getRegistry: { own: call({}), seenBy: brokers },
  getResource: { own: call(1), missing: call(99), seenBy: everyone },
  getRevisionFacts: { own: call(1), missing: call(99), seenBy: ['provider'] },
  getRetiredNodes: { own: call(1), seenBy: everyone },
  getSession: { own: call(), seenBy: [...withAccount, 'signed in, no account'] },
  getSigningFacts: { own: call([1]), seenBy: withAccount },
  // Of the others no token has ever moved.
  getStatement: { own: call(), seenBy: ['customer', 'other customer', 'provider', 'node provider'] },
  getTask: { own: call(10), missing: call(1), seenBy: ['customer'] },
  getPaidParts: { own: call(1), missing: call(99), seenBy: ['customer'] },
  getTaskOrigins: { own: call(1), missing: call(99), seenBy: ['customer'] },
  getTestResult: { own: call('1'), missing: call('2'), seenBy: ['provider'] },
  getTransaction: { own: call('98'.repeat(32)), missing: call('ff'.repeat(32)), seenBy: everyone },
  getTransactions: { own: call(1), seenBy: everyone },
  getOwnRewards: { own: call(1), seenBy: withAccount },
  getWallet: { own: call(1), seenBy: withAccount },
  getWhyNot: { own: call(2), missing: call(99), seenBy: ['customer', ...brokers], needsLedger: true },

  search: { own: call('O-1'), missing: call('O-99'), seenBy: ['customer', 'provider', 'provider’s agent'] },
};

/** Helpers of other queries and handlers: each is called by one that authorises, or holds nothing that is anybody's. */
const helpers = [
  'ownOrder',
  'accountsNamed',
  'agentOrigin',
  'concerned',
  'concerning',
  'corrected',
  'sightOf',
  'emptyPage',
  'billChannelOf',
  'channelRowOf',
  'orderChannel',
  'sealedOf',
  'readParameters',
  'eventsWhere',
  'findAgentAnswer',
  'findAgentKey',
  'findCommitment',
  'findItem',
  'creditsOf',
  'findPart',
  'getStanding',
  'findViewerAccount',
  'askLedger',
  'troublesAt',
  'loadAccountRefs',
  'loadAgents',
  'marketShare',
  'newsSince',
  'nodeNames',
  'ofTheMarket',
  'openLiveStream',
  'noticesOf',
  'orderNames',
  'pageOf',
  'placesOf',
  'proven',
  'readAsOf',
  'readableReceipts',
  'sampleOf',
  'subjectEvents',
  'textConditions',
  'titlesOf',
  'toDemands',
  'toNetworkNodes',
  'toOrders',
  'toPlans',
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
  AcknowledgeIncident: ['maintainer', 'every role'],
  ApplyIdentity: withAccount,
  AttestIdentity: ['operator', 'every role'],
  OfferIdentification: ['operator', 'every role'],
  RefuseIdentity: ['operator', 'every role'],
  RevokeIdentity: ['operator', 'every role'],
  WithdrawIdentity: withAccount,
  AdmitNode: nodeProviders,
  AnswerNotice: providers,
  AnswerRepair: withAccount,
  Apply: customers,
  AuthorizeKey: withAccount,
  CancelTask: withAccount,
  ChoosePlan: customers,
  CloseIncident: ['maintainer', 'every role'],
  CommandRepair: ['maintainer', 'every role'],
  Vote: nodeProviders,
  ContestClaim: withAccount,
  CreateAccount: [...withAccount, 'signed in, no account'],
  DeclareShares: withAccount,
  EndAgreement: withAccount,
  EvaluateSession: withAccount,
  MeasureSession: providers,
  FailRange: providers,
  FinishRange: providers,
  JoinPool: providers,
  LeavePool: providers,
  OpenIncident: ['maintainer', 'every role'],
  PlaceOrder: customers,
  Prepare: providers,
  RegisterNode: withAccount,
  RecordDigest: ['maintainer', 'every role'],
  RecordRepairStep: ['maintainer', 'every role'],
  Reissue: providers,
  RelayNotice: nodeProviders,
  ReportErasure: providers,
  ClaimUsage: providers,
  CloseChannel: withAccount,
  ProposeAccessRules: nodeProviders,
  ProposeAlgorithmRefusal: nodeProviders,
  ProposeContractVersion: nodeProviders,
  ProposeGrant: nodeProviders,
  ProposeParameter: nodeProviders,
  ProposePlan: ['broker', 'every role'],
  ProposeMatch: ['broker', 'every role'],
  ProposeValidator: nodeProviders,
  ProposeValidatorRemoval: nodeProviders,
  PublishDemand: customers,
  PublishResource: providers,
  PublishTariff: ['operator', 'every role'],
  ReportNode: ['maintainer', ...nodeProviders],
  RequestReissue: withAccount,
  RequestRole: withAccount,
  ResumeResource: providers,
  RestoreNode: ['maintainer', ...nodeProviders],
  RetireNode: withAccount,
  RetireResource: providers,
  ReviseStrategy: providers,
  RevokeKey: withAccount,
  SetEncryptionKey: withAccount,
  ShiftShares: ['maintainer', ...nodeProviders],
  SendNotice: ['broker', 'every role'],
  StartRange: providers,
  SuspendResource: providers,
  Transfer: withAccount,
  UpdateNode: withAccount,
  UpdateProfile: withAccount,
  WithdrawDemand: withAccount,
};

const window = { node: 1, fromMs: Date.now(), toMs: Date.now() + 60_000, note: '' };
const rule = {
  id: 'matrix',
  kind: 'agent',
  metric: 'lag',
  comparison: 'above',
  threshold: 5,
  clearsAt: 2,
  forSeconds: 0,
  severity: 'notice',
  isEnabled: true,
};
const webhook = { url: 'https://example.org', severityMin: 'notice' };
/** What people do about nodes, with a node of provider 1: who may. Others get the answer of a node that does not exist, or that they may not. */
const nodeCommands: Record<string, { own: Call; by: readonly Who[]; others: number }> = {
  acknowledgeAlert: { own: call(99, ''), by: maintainers, others: 9002 },
  addWebhook: { own: call({ ...webhook, url: 'ftp://x' }), by: maintainers, others: 9002 },
  changeAlertRule: { own: call(rule), by: maintainers, others: 9002 },
  changeMaintenance: {
    own: call(1, { fromMs: window.fromMs, toMs: 0, note: '' }),
    by: [...maintainers, 'provider'],
    others: 9003,
  },
  changeWebhook: { own: call(99, { ...webhook, isEnabled: true }), by: maintainers, others: 9002 },
  endMaintenance: { own: call(1), by: [...maintainers, 'provider'], others: 9003 },
  planMaintenance: { own: call(window), by: [...maintainers, 'provider'], others: 9003 },
  sendSupportMessage: { own: call(1, ''), by: [...maintainers, 'provider'], others: 9003 },
  removeWebhook: { own: call(99), by: maintainers, others: 9002 },
};

describe('who does what about nodes', () => {
  test.each(Object.keys(nodeCommands))('%s: every role [7.2.1-b]', async (name) => {
    const command = (await exportsOf(new URL('../commands/', import.meta.url))).get(name);
    const { own, by, others } = nodeCommands[name] ?? { own: call(), by: [], others: 0 };
    if (command === undefined) throw new Error(`${name} is exported`);
    for (const who of everyone) {
      const viewer = viewers[who];
      const result = (await runAs<unknown>(viewer, () => own(command))) as { ok: boolean; code?: number };
      const isAccount =
        viewer.kind === 'person' ? viewer.account !== null : viewer.kind === 'agent' && viewer.account !== null;
      if (by.includes(who))
        expect([who, result.ok || (result.code !== 9001 && result.code !== 9002)]).toEqual([who, true]);
      else expect([who, result.ok, result.code]).toEqual([who, false, expect.any(Number)]);
      if (!by.includes(who) && isAccount && others === 9002) expect([who, result.code]).toEqual([who, 9002]);
    }
  });

  test('another provider’s node is as if there were none', async () => {
    const { planMaintenance, endMaintenance, checkNow } = await import('#lib/commands/monitoring.ts');
    for (const work of [() => planMaintenance(window), () => checkNow(1)] as (() => Promise<unknown>)[])
      expect(await runAs(viewers['other provider'], work)).toMatchObject({ ok: false, code: 9003 });
    expect(await runAs(viewers['other provider'], () => endMaintenance(1))).toMatchObject({ ok: false, code: 9003 });
    expect(await runAs(viewers['other provider'], () => planMaintenance({ ...window, node: 99 }))).toMatchObject({
      code: 9003,
    });
  });
});

test('who sees every incident can still ask for those of own nodes alone [7.2.1-b]', async () => {
  const { getIncidents } = await import('#lib/queries/repairs.ts');
  for (const [who, all, own] of [
    ['maintainer', 1, 0],
    ['provider', 1, 1],
    ['other provider', 0, 0],
    ['public', 0, 0],
  ] as const) {
    expect([who, (await runAs(viewers[who], () => getIncidents({}))).total]).toEqual([who, all]);
    expect([who, (await runAs(viewers[who], () => getIncidents({ isOwn: true }))).total]).toEqual([who, own]);
  }
});

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
