import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadAnchor } from '#agent/anchor.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { Actor } from './actor.ts';
import { AGENTS } from './agents.ts';
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
import { BIRDSTRIKES, COMPUTER, STORE, WEATHER, ZIPCODES, type Offer } from './offers.ts';
import { awaitPortal, saveProfile } from './portal.ts';
import { programKey, PROGRAMS } from './programs.ts';
import { Progress } from './progress.ts';
import { openAgent, publishAll, type OpenAgent } from './publishing.ts';
import { loadPeople, type SamplePerson } from './sample-people.ts';

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
    await publishAll({ owner, agent, network, say }, resources);
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

/** Public origin of the first provider's gateway. */
function gatewayOf([first]: readonly OpenAgent[]): string {
  return first?.config.gateway.publicOrigin ?? missing('agent');
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
