import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadAnchor } from '#agent/anchor.ts';
import { methodOf, type MethodArgs } from '#ledger/contracts/definitions.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { Actor } from '#prisma/seed/actor.ts';
import { admitNodes } from '#prisma/seed/admitted.ts';
import { allowKey, must } from '#prisma/seed/allowed-key.ts';
import type { Offer } from '#prisma/seed/offers.ts';
import { awaitPortal, saveProfile } from '#prisma/seed/portal.ts';
import { programKey, PROGRAMS } from '#prisma/seed/programs.ts';
import { Progress } from '#prisma/seed/progress.ts';
import { openAgent, publishAll } from '#prisma/seed/publishing.ts';
import { loadPeople, profileCommitment, type SamplePerson } from '#prisma/seed/sample-people.ts';
import { identify } from './identified.ts';
import { loadNewcomers } from './newcomers.ts';
import { HILL, LAKE, SERVICE_NODES } from './relays.ts';
import { buyConnection, finishedSession, type Purchase } from './session.ts';
import { STATED } from './subscribers.ts';

const MINUTE_MS = 60_000n;
/** Long enough to be used and ended by its user. */
const SHORT_MS = 10n * MINUTE_MS;
/** It is still there when somebody looks. */
const LONG_MS = 360n * MINUTE_MS;
const TARIFF: MethodArgs['PublishTariff'] = { microPerMinute: 200_000n, budgetMicro: 5_000_000n };

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

interface Stage {
  readonly network: Uint8Array;
  readonly home: string;
  readonly progress: Progress;
  actor(id: SamplePerson['id']): Actor;
}

async function main(home: string, portal: string): Promise<void> {
  const anchor = must(loadAnchor(join(home, 'anchor.json')));
  const network = anchor.genesisHash;
  await awaitPortal(portal, toHex(network));
  const progress = new Progress(join(home, 'seed-progress.json'));
  const newcomers = loadNewcomers(home);
  const actors = [...loadPeople(home), ...newcomers].map((person) => new Actor(person, { portal, anchor, progress }));
  const actor = (id: SamplePerson['id']): Actor => {
    const found = actors.find(({ person }) => person.id === id);
    if (found === undefined) throw new Error(`The sample has no ${id}: start over with npm start -- --fresh.`);
    return found;
  };
  const stage = { network, home, progress, actor };
  await settleIn(stage, newcomers);
  const relays = await shareRelays(stage);
  await joinPool(stage, relays);
  await sessions(stage, relays);
  say('The sample of the proximity service is complete.');
}

/** The newcomers get accounts; who will share a line asks for the role, and two node providers vote for it [I.3-1]. */
async function settleIn({ actor, network, home }: Stage, newcomers: readonly SamplePerson[]): Promise<void> {
  const operator = actor('operator');
  await saveProfile(operator);
  for (const person of newcomers) {
    const newcomer = actor(person.id);
    await newcomer.create(`an account of ${person.id}`, profileCommitment(person));
    await saveProfile(newcomer);
    say(`${person.name} has an account.`);
    if (!person.roles.includes('NRP')) continue;
    const asked = await newcomer.do(`a role of ${person.id}`, {
      method: methodOf('RequestRole'),
      args: { role: 'NRP' },
    });
    const args = { proposal: BigInt(String(asked['proposal'])), approve: true };
    for (const voter of ['node-provider-1', 'node-provider-2'] as const)
      await actor(voter).do(`a vote of ${voter} on ${person.id}`, { method: methodOf('Vote'), args });
    say(`The node providers voted that ${person.name} is a provider.`);
  }
  for (const program of PROGRAMS.filter(({ folder }) => folder === 'identity'))
    await allowKey(operator, programKey(program, home), {
      step: `authorising the ${program.folder}’s program`,
      methods: program.methods,
      network,
    });
}

/** Resources by their offers. */
async function shareRelays({ actor, network, home }: Stage): Promise<Map<Offer, number>> {
  const relays = new Map<Offer, number>();
  for (const sample of SERVICE_NODES) {
    const owner = actor(sample.provider);
    await publishAll({ owner, agent: openAgent(home, sample), network, say }, relays);
  }
  const nodes = SERVICE_NODES.map(({ provider }) => ({ operator: actor(provider), class: 'service' as const }));
  await admitNodes(actor('node-provider-1'), nodes, say);
  return relays;
}

/** An operator identifies the people by its own table and says what it pays; the service nodes join [I.3-2] [I.3-3]. */
async function joinPool({ actor, network }: Stage, relays: ReadonlyMap<Offer, number>): Promise<void> {
  const operator = actor('operator');
  for (const [id, claim] of Object.entries(STATED) as [SamplePerson['id'], (typeof STATED)['provider']][]) {
    if (claim === undefined) continue;
    await identify(actor(id), { operator, claim, network });
    say(`${operator.person.name} identified ${actor(id).person.name} by its own records.`);
  }
  for (const { provider, relays: offers } of SERVICE_NODES)
    for (const offer of offers) {
      const resource = BigInt(relays.get(offer) ?? 0);
      // One that this machine could not serve was left out with a sentence.
      if (resource === 0n) continue;
      await actor(provider).do(`joining the pool by ${provider}`, { method: methodOf('JoinPool'), args: { resource } });
      say(`${actor(provider).person.name} joined the proximity pool with R-${resource}.`);
    }
  await operator.do('a tariff of the operator', { method: methodOf('PublishTariff'), args: TARIFF });
  say(`${operator.person.name} published a tariff.`);
}

/** One order that runs on, and one that is used, ended, settled, recorded and evaluated [I.3-5] [I.3-6]. */
async function sessions({ actor, network, home, progress }: Stage, relays: ReadonlyMap<Offer, number>): Promise<void> {
  const [lake, hill] = SERVICE_NODES;
  const [lakeId, hillId] = [relays.get(LAKE), relays.get(HILL)];
  if (lake === undefined || hill === undefined || lakeId === undefined || hillId === undefined) return;
  const common = { network, progress, say };
  const gatewayOf = (sample: typeof lake): string => openAgent(home, sample).config.gateway.publicOrigin;
  const running: Purchase = {
    ...common,
    user: actor('user-node-2'),
    provider: actor(hill.provider),
    offer: HILL,
    resource: BigInt(hillId),
    gateway: gatewayOf(hill),
    durationMs: LONG_MS,
  };
  await buyConnection(running);
  await finishedSession({
    ...common,
    user: actor('user-node-1'),
    provider: actor(lake.provider),
    offer: LAKE,
    resource: BigInt(lakeId),
    gateway: gatewayOf(lake),
    durationMs: SHORT_MS,
  });
}

const { values: flags } = parseArgs({
  options: { home: { type: 'string' }, portal: { type: 'string' } },
  strict: true,
});
if (flags.home === undefined || flags.portal === undefined) {
  process.stderr.write(
    'Usage: node_modules/.bin/node prisma/seed/proximity/main.ts --home <data folder> --portal <origin>\n',
  );
  process.exit(1);
}
try {
  await main(resolve(flags.home), flags.portal);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
