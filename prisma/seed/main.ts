import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadAnchor } from '#agent/anchor.ts';
import { loadConfig, type AgentConfig } from '#agent/config.ts';
import { lookUpKey } from '#agent/key-lookup.ts';
import { loadKey, offerKey, type AgentKey } from '#agent/key.ts';
import type { Outcome } from '#agent/outcome.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { signTest } from '#agent/registration.ts';
import { testConfiguredSource, type DescribedSource } from '#agent/source-shelf.ts';
import { methodOf, type MethodArgs } from '#ledger/contracts/definitions.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { AGENT_METHODS } from '#lib/shared/agent-methods.ts';
import { Actor } from './actor.ts';
import {
  lengthenContestTime,
  openRoleRequest,
  ordersOfServices,
  refusedApplication,
  settledOrders,
  type Cast,
} from './history.ts';
import { BIRDSTRIKES, COMPUTER, publication, STORE, WEATHER, ZIPCODES, type Offer } from './offers.ts';
import { Progress } from './progress.ts';
import { loadPeople, type SamplePerson } from './sample-people.ts';

const PORTAL_WAIT_MS_MAX = 120_000;
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
    // The first that the start prints has a vote left to cast on the role request.
    nodeProvider: actor('node-provider-1'),
    otherNodeProvider: actor('node-provider-2'),
    gateway: agentConfig.gateway.publicOrigin,
    network: anchor.genesisHash,
    say,
  };
  for (const one of people) await saveProfile(one);
  const key = await pairAgent(cast, agentKey, agentConfig);
  const agent = { agentConfig, agentKey, key };
  const published = {
    weather: await publishOffer(cast, agent, WEATHER),
    birdstrikes: await publishOffer(cast, agent, BIRDSTRIKES),
    zipcodes: await publishOffer(cast, agent, ZIPCODES),
    store: await publishOffer(cast, agent, STORE),
    computer: await publishWhereItRuns(cast, agent, COMPUTER),
  };
  await refusedApplication(cast, published);
  await settledOrders(cast, published);
  await ordersOfServices(cast, published);
  await openRoleRequest(cast);
  await lengthenContestTime(cast);
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

/**
 * What the owner signs after typing the pairing code: the agent's key, for exactly what an agent has to do. A person gets the key's
 * proof through a page of the portal; here its file lies in the same data folder, so that the agent need not be asked.
 */
async function pairAgent({ provider, network }: Cast, agentKey: AgentKey, config: AgentConfig): Promise<number> {
  const known = await lookUpKey(provider.client, agentKey.addressText);
  if (known !== null) return known.key;
  const account = await provider.account();
  const args: MethodArgs['AuthorizeKey'] = {
    keyAddress: agentKey.address,
    label: config.label,
    methods: [...AGENT_METHODS],
    resources: [],
    spendingCapMicro: 0n,
    expiresAtMs: BigInt(Date.now()) + KEY_LIFE_MS,
    proof: offerKey(agentKey, { network, account }),
  };
  const data = await provider.do('authorising the agent', { method: methodOf('AuthorizeKey'), args });
  say(`${provider.person.name} authorised its agent’s key ${agentKey.addressText}.`);
  return Number(data['key']);
}

interface Agent {
  readonly agentConfig: AgentConfig;
  readonly agentKey: AgentKey;
  readonly key: number;
}

/** Tests a source with the agent's own code, in a folder of its own: the running agent has its own open. */
async function testOf({ agentConfig }: Agent, { source }: Offer): Promise<Outcome<DescribedSource>> {
  const scratch = await mkdtemp(join(agentConfig.home, 'seed-'));
  try {
    return await testConfiguredSource({ ...agentConfig, home: scratch }, source.sourceId);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Publishes what the agent's own test found, signed with its key; the resource's id. */
async function publishOffer(cast: Cast, agent: Agent, offer: Offer): Promise<number> {
  return publishTested(cast, { agent, offer, tested: must(await testOf(agent, offer)) });
}

/** The same of what not every machine can serve: null, and a sentence why, where the test says no. */
async function publishWhereItRuns(cast: Cast, agent: Agent, offer: Offer): Promise<number | null> {
  const tested = await testOf(agent, offer);
  if (tested.ok) return publishTested(cast, { agent, offer, tested: tested.value });
  cast.say(`${offer.source.title}: left out of the sample. ${tested.sentence}`);
  return null;
}

async function publishTested(
  cast: Cast,
  { agent, offer, tested }: { readonly agent: Agent; readonly offer: Offer; readonly tested: DescribedSource },
): Promise<number> {
  const { title, sourceId } = offer.source;
  const owner = await cast.provider.account();
  const of = { network: cast.network, owner, sourceId, testedAtMs: Date.now() };
  const args = publication(offer, { test: signTest(tested, of, agent.agentKey), agentKey: agent.key });
  const published = await cast.provider.do(`publishing ${sourceId}`, { method: methodOf('PublishResource'), args });
  cast.say(`${title}: published. ${tested.sentence}`);
  return Number(published['resource']);
}

const { values: flags } = parseArgs({
  options: { home: { type: 'string' }, portal: { type: 'string' } },
  strict: true,
});
if (flags.home === undefined || flags.portal === undefined) {
  process.stderr.write('Usage: node_modules/.bin/node prisma/seed/main.ts --home <data folder> --portal <origin>\n');
  process.exit(1);
}
try {
  await main(resolve(flags.home), flags.portal);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
