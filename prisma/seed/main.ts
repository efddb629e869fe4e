import { methodOf } from '#ledger/contracts/definitions.ts';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { toHex } from '#ledger/core/bytes.ts';
import { loadAnchor } from '#agent/anchor.ts';
import { loadConfig, type AgentConfig } from '#agent/config.ts';
import { loadKey, type AgentKey } from '#agent/key.ts';
import type { Outcome } from '#agent/outcome.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { signTest } from '#agent/registration.ts';
import { testConfiguredSource } from '#agent/source-shelf.ts';
import { Actor, lookUpKey } from './actor.ts';
import { openRoleRequest, refusedApplication, settledOrder, type Cast } from './history.ts';
import { OFFERS } from './offers.ts';
import { Progress } from './progress.ts';
import { loadPeople, type SamplePerson } from './sample-people.ts';

const PORTAL_WAIT_MS_MAX = 120_000;
const AGENT_METHODS = ['Prepare', 'Reissue', 'EndAgreement', 'ClaimUsage', 'SuspendResource'];
const KEY_LIFE_MS = 365n * 86_400_000n;

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}

async function main(home: string, portal: string): Promise<void> {
  const anchor = must(loadAnchor(join(home, 'anchor.json')));
  const agentConfig = must(loadConfig(join(home, 'agent', 'config.json')));
  const agentKey = must(loadKey(join(agentConfig.home, 'key.json')));
  await awaitPortal(portal, toHex(anchor.genesisHash));
  const progress = new Progress(join(home, 'seed-progress.json'));
  const people = loadPeople(home).map((person) => new Actor(person, { portal, anchor, progress }));
  const actor = (id: SamplePerson['id']): Actor => people.find(({ person }) => person.id === id) ?? missing(id);
  const cast: Cast = {
    provider: actor('provider'),
    customer: actor('customer'),
    nodeProvider: actor('node-provider-1'),
    gateway: agentConfig.gateway.publicOrigin,
    network: anchor.genesisHash,
    say,
  };
  for (const one of people) await saveProfile(one);
  const key = await pairAgent(cast.provider, agentKey, agentConfig);
  const resources = await publishOffers(cast, { agentConfig, agentKey, key });
  const [weather, birdstrikes] = resources;
  if (weather === undefined || birdstrikes === undefined) throw new Error('The sample offers at least two data sets.');
  await refusedApplication(cast, birdstrikes);
  await settledOrder(cast, weather);
  await openRoleRequest(cast);
  say('The sample’s history is complete.');
}

function missing(id: string): never {
  throw new Error(`sample-people.json has no ${id}.`);
}

async function awaitPortal(portal: string, network: string): Promise<void> {
  const client = new PortalClient(portal, { network, key: null });
  const untilMs = Date.now() + PORTAL_WAIT_MS_MAX;
  for (;;) {
    const reply = await client.get('/api/v1/network');
    if (reply.kind === 'done') {
      const found = (reply.body as { network?: unknown }).network;
      if (found === network) return;
      throw new Error('The portal serves another network than this data folder’s.');
    }
    if (Date.now() > untilMs) throw new Error(`The portal did not become ready: ${reply.sentence}`);
    await sleep(500);
  }
}

/** The name behind the commitment that genesis holds; organisations of the sample are public. */
async function saveProfile(actor: Actor): Promise<void> {
  const { name, salt } = actor.person;
  const reply = await actor.client.post('/api/v1/profiles', { account: await actor.account(), name, salt });
  if (reply.kind !== 'done') throw new Error(`The name of ${name} could not be saved: ${reply.sentence}`);
}

/** What the owner signs after typing the pairing code: the agent's key, for exactly what an agent has to do. */
async function pairAgent(provider: Actor, agentKey: AgentKey, config: AgentConfig): Promise<number> {
  const known = await lookUpKey(provider.client, agentKey.addressText);
  if (known !== null) return known.key;
  const args = {
    keyAddress: agentKey.address,
    label: config.label,
    methods: AGENT_METHODS,
    resources: [],
    spendingCapMicro: 0n,
    expiresAtMs: BigInt(Date.now()) + KEY_LIFE_MS,
  };
  const data = await provider.do('authorising the agent', { method: methodOf('AuthorizeKey'), args });
  say(`${provider.person.name} authorised its agent’s key ${agentKey.addressText}.`);
  return Number(data['key']);
}

/** Tests each source with the agent's own code and key, and publishes what was found; ids in the order of OFFERS. */
async function publishOffers(
  cast: Cast,
  agent: { agentConfig: AgentConfig; agentKey: AgentKey; key: number },
): Promise<number[]> {
  const { agentConfig, agentKey, key } = agent;
  const owner = await cast.provider.account();
  const resources: number[] = [];
  for (const { data, terms } of OFFERS) {
    const source = agentConfig.sources.find(({ id }) => id === data.sourceId);
    if (source === undefined) throw new Error(`The sample agent’s config has no source ${data.sourceId}.`);
    const tested = must(await testConfiguredSource(agentConfig, source.id));
    const test = signTest(
      tested,
      { network: cast.network, owner, sourceId: source.id, testedAtMs: Date.now() },
      agentKey,
    );
    const columns = columnNames(test.technical);
    const { title, summary, region, licence, sourceUrl, sourceId } = data;
    const published = await cast.provider.do(`publishing ${sourceId}`, {
      method: methodOf('PublishResource'),
      args: {
        ...{ kind: 'data', title, summary, tags: [...data.tags], region, licence, sourceUrl, sourceId },
        agentKey: BigInt(key),
        technical: test.technical,
        testedAtMs: BigInt(test.testedAtMs),
        testSignature: Buffer.from(test.testSignature, 'hex'),
        strategy: { ...terms, columns },
      },
    });
    resources.push(Number(published['resource']));
    say(`${title}: published. ${tested.sentence}`);
  }
  return resources;
}

function columnNames(technical: string): string[] {
  const { columns } = JSON.parse(technical) as { columns: readonly { name: string }[] };
  return columns.map(({ name }) => name);
}

const { values: flags } = parseArgs({
  options: { home: { type: 'string' }, portal: { type: 'string' } },
  strict: true,
});
if (flags.home === undefined || flags.portal === undefined) {
  process.stderr.write('Usage: node prisma/seed/main.ts --home <data folder> --portal <origin>\n');
  process.exit(1);
}
try {
  await main(resolve(flags.home), flags.portal);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
