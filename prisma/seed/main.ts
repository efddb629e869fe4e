import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadAnchor } from '#agent/anchor.ts';
import { loadConfig, type AgentConfig } from '#agent/config.ts';
import { loadKey, type AgentKey } from '#agent/key.ts';
import type { Outcome } from '#agent/outcome.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { signTest } from '#agent/registration.ts';
import { sealingKeyOf } from '#agent/payloads.ts';
import { measureRoundTrip } from '#agent/round-trip.ts';
import { testConfiguredSource, type DescribedSource } from '#agent/source-shelf.ts';
import { methodOf } from '#ledger/contracts/definitions.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { AGENT_METHODS } from '#lib/shared/agent-methods.ts';
import { Actor } from './actor.ts';
import { AGENTS, type SampleAgent } from './agents.ts';
import { allowKey, must } from './allowed-key.ts';
import { dividedTask } from './divided-task.ts';
import {
  lengthenContestTime,
  openRoleRequest,
  ordersOfServices,
  refusedApplication,
  settledOrders,
  type Cast,
} from './history.ts';
import { admitNodes } from './admitted.ts';
import { openDemand } from './open-demand.ts';
import { BIRDSTRIKES, COMPUTER, publication, STORE, WEATHER, ZIPCODES, type Offer } from './offers.ts';
import { programKey, PROGRAMS } from './programs.ts';
import { Progress } from './progress.ts';
import { loadPeople, type SamplePerson } from './sample-people.ts';

const PORTAL_WAIT_MS_MAX = 120_000;

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

async function main(home: string, portal: string): Promise<void> {
  const anchor = must(loadAnchor(join(home, 'anchor.json')));
  const network = anchor.genesisHash;
  const agents = AGENTS.map((agent) => openAgent(home, agent));
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
    gateway: gatewayOf(agents),
    network,
    say,
  };
  for (const one of people) await saveProfile(one);
  for (const program of PROGRAMS) {
    const allowed = { step: `authorising the ${program.folder}’s program`, methods: program.methods, network };
    await allowKey(actor(program.owner), programKey(program, home), allowed);
  }
  const resources = new Map<Offer, number>();
  for (const agent of agents) {
    const owner = actor(agent.sample.provider);
    await publishAll({ owner, agent, network }, resources);
  }
  const agentNodes = agents.map(({ sample }) => ({ operator: actor(sample.provider), class: 'service' as const }));
  await admitNodes(cast.nodeProvider, [...agentNodes, { operator: cast.nodeProvider, class: 'common' }], say);
  const idOf = (offer: Offer): number => resources.get(offer) ?? missing(offer.source.sourceId);
  const published = {
    weather: idOf(WEATHER),
    birdstrikes: idOf(BIRDSTRIKES),
    zipcodes: idOf(ZIPCODES),
    store: idOf(STORE),
    computer: resources.get(COMPUTER) ?? null,
  };
  await refusedApplication(cast, published);
  await settledOrders(cast, published);
  await ordersOfServices(cast, published);
  if (published.computer !== null) await dividedTask(cast);
  else say('A task over several providers: left out of the sample, because no machine here runs programs.');
  await openDemand(cast, { broker: actor('broker'), asked: actor('provider-2') });
  await openRoleRequest(cast);
  await lengthenContestTime(cast);
  say('The sample’s history is complete.');
}

function missing(id: string): never {
  throw new Error(`The sample has no ${id}: it was founded by another version; start over with npm start -- --fresh.`);
}

/** An agent that runs beside this program: its settings, and the key in its folder. */
interface OpenAgent {
  readonly sample: SampleAgent;
  readonly config: AgentConfig;
  readonly key: AgentKey;
}

function openAgent(home: string, sample: SampleAgent): OpenAgent {
  const config = must(loadConfig(join(home, sample.folder, 'config.json')));
  return { sample, config, key: must(loadKey(join(config.home, 'key.json'))) };
}

/** Public origin of the first provider's gateway. */
function gatewayOf([first]: readonly OpenAgent[]): string {
  return first?.config.gateway.publicOrigin ?? missing('agent');
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

/** A provider with its agent, on this network (genesis hash, 32 bytes). */
interface Provider {
  readonly owner: Actor;
  readonly agent: OpenAgent;
  readonly network: Uint8Array;
}

/** The owner allows its agent's key, for exactly what an agent has to do; the key's number. */
async function pairAgent({ owner, agent, network }: Provider): Promise<number> {
  const { key, config, sample } = agent;
  const step = `authorising ${sample.label}`;
  const number = await allowKey(owner, { key, label: config.label }, { step, methods: AGENT_METHODS, network });
  say(`${owner.person.name} authorised its agent’s key ${key.addressText}.`);
  return number;
}

/** Pairs a provider's agent and publishes what it offers; what this machine cannot serve is left out with a sentence. */
async function publishAll(provider: Provider, resources: Map<Offer, number>): Promise<void> {
  const { dataSets, stores, computers, relays } = provider.agent.sample;
  const agentKey = await pairAgent(provider);
  for (const offer of [...dataSets, ...stores]) {
    resources.set(offer, await publish(provider, { offer, agentKey, tested: must(await testOf(provider, offer)) }));
  }
  for (const offer of [...computers, ...relays]) {
    const tested = await testOf(provider, offer);
    if (tested.ok) resources.set(offer, await publish(provider, { offer, agentKey, tested: tested.value }));
    else say(`${offer.source.title}: left out of the sample. ${tested.sentence}`);
  }
}

/** Tests a source with the agent's own code, in a folder of its own: the running agent has its own open. */
async function testOf({ agent: { config, key } }: Provider, { source }: Offer): Promise<Outcome<DescribedSource>> {
  const scratch = await mkdtemp(join(config.home, 'seed-'));
  try {
    const measure = (): Promise<Outcome<number>> => measureRoundTrip(config.portal);
    const of = { sourceId: source.sourceId, sealingKey: sealingKeyOf(key), measureRoundTrip: measure };
    return await testConfiguredSource({ ...config, home: scratch }, of);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Publishes what the agent's own test found, signed with its key; the resource's id. */
async function publish(
  { owner, agent, network }: Provider,
  of: { readonly offer: Offer; readonly agentKey: number; readonly tested: DescribedSource },
): Promise<number> {
  const { offer, agentKey, tested } = of;
  const { title, sourceId } = offer.source;
  const facts = { network, owner: await owner.account(), sourceId, testedAtMs: Date.now() };
  const args = publication(offer, { test: signTest(tested, facts, agent.key), agentKey });
  const published = await owner.do(`publishing ${sourceId}`, { method: methodOf('PublishResource'), args });
  say(`${title}: published. ${tested.sentence}`);
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
