import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FinalizedItem } from '#ledger/abci/application.ts';
import { person, TestNetwork, type Person } from '#ledger/abci/testing/test-network.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { genesisOf } from '#ledger/bin/founding.ts';
import { loadConfig } from '#agent/config.ts';
import { keyOf, offerKey } from '#agent/key.ts';
import { done, type Outcome } from '#agent/outcome.ts';
import { signTest } from '#agent/registration.ts';
import { sealingKeyOf } from '#agent/payloads.ts';
import { testConfiguredSource } from '#agent/source-shelf.ts';
import { AGENTS, type SampleAgent } from './agents.ts';
import { publication, type Offer } from './offers.ts';
import {
  computingApplication,
  longApplication,
  orderOfTwo,
  shortApplication,
  storageApplication,
} from './purchases.ts';
import { pictureOf } from './picture.ts';
import { loadPeople, type SamplePerson } from './sample-people.ts';

let home: string;
/** Stands for the portal, as far as the probe of a relay fetches something of it. */
let portal: Server;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'interpool-people-'));
  portal = createServer((_request, response) => response.end(Buffer.alloc(70_000)));
  await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve));
  makePeople();
});
afterAll(() => {
  portal.closeAllConnections();
  portal.close();
  rmSync(home, { recursive: true, force: true });
});

function makePeople(): void {
  const { port } = portal.address() as AddressInfo;
  const args = ['prisma/seed/people.ts', '--home', home, '--portal', `http://127.0.0.1:${port}`];
  execFileSync(process.execPath, args, { stdio: 'pipe' });
}

describe('the sample', () => {
  test('founds a ledger that the machine accepts', () => {
    const validators = new TestNetwork(nobleCrypto).genesis.validators.map(({ name, publicKey }) => ({
      name,
      publicKey: Buffer.from(publicKey).toString('hex'),
    }));
    const genesis = genesisOf(join(home, 'genesis-spec.json'), validators);
    expect(genesis.validators.map(({ operator }) => operator)).toEqual([3n, 3n, 3n, 3n]);
    expect(genesis.accounts.map(({ roles }) => roles)).toEqual([
      ['NRC', 'NRP'],
      ['NRC'],
      ['NRC', 'NRNSP'],
      ['NRC', 'NRNSP'],
      ['NRC', 'NRP'],
      ['NRC', 'NRP'],
      ['NRC', 'NRB'],
      ['NRC', 'NRNSM'],
      ['NRC', 'NO'],
      ['NRC', 'NRNSP'],
    ]);
  });

  test('leaves its vote open for a week at least, so that somebody who comes back can still cast one', () => {
    const { parameters } = JSON.parse(readFileSync(join(home, 'genesis-spec.json'), 'utf8')) as {
      parameters: { votingMs: string };
    };
    expect(Number(parameters.votingMs)).toBeGreaterThanOrEqual(7 * 86_400_000);
  });

  test('keeps its keys to its owner, and the same keys when it is made again [8.5.2-b]', () => {
    const before = loadPeople(home);
    makePeople();
    expect(loadPeople(home)).toEqual(before);
    expect(new Set(before.map(({ secretKey }) => secretKey)).size).toBe(10);
    expect(statSync(join(home, 'sample-people.json')).mode & 0o777).toBe(0o600);
  });

  test('gives each agent a config it takes, with a port and a folder of its own', () => {
    const configs = AGENTS.map((agent) => must(loadConfig(join(home, agent.folder, 'config.json'))));
    for (const [index, agent] of AGENTS.entries())
      expect(configs[index]?.sources.map(({ id }) => id).toSorted()).toEqual(
        offersOf(agent)
          .map(({ source }) => source.sourceId)
          .toSorted(),
      );
    expect(new Set(configs.map((config) => config.gateway.port)).size).toBe(AGENTS.length);
    expect(new Set(configs.map((config) => config.home)).size).toBe(AGENTS.length);
    const providers = loadPeople(home).filter(({ roles }) => roles.includes('NRP'));
    expect(providers.map(({ id }) => id).toSorted()).toEqual(AGENTS.map(({ provider }) => provider).toSorted());
  });

  test('serves files that are the package’s own', () => {
    // As vega-datasets' datapackage.json states them: Git's hash of a blob.
    const stated = {
      'seattle-weather.csv': '0f38b53bdc1c42c5e5d484f33b9d4d7b229e0e59',
      'birdstrikes.csv': '1b8b190c9bc02ef7bcbfe5a8a70f61b1616d3f6c',
    };
    for (const [file, hash] of Object.entries(stated)) {
      const content = readFileSync(join(home, 'agent', 'sources', file));
      const found = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
      expect([file, found]).toEqual([file, hash]);
    }
  });

  test('offers what its agent finds in the files, in strategies that the contract takes [I.2-1] [6.2.3-a] [8.1.1-a]', async () => {
    const { codes } = await market();
    expect(codes).toEqual(Array.from({ length: 3 + 9 }, () => 0));
  });

  test('asks for one use that is refused, two that are granted, and an order of which both parts are granted', async () => {
    const { network } = await market();
    const published = { weather: 1, birdstrikes: 2, zipcodes: 3, store: 4, computer: 5 };
    const parties = { provider: 1, encryptionKey: new Uint8Array(32).fill(9) };
    const { customer } = network;
    const refused = network.run(customer, 'Apply', longApplication(published, parties));
    expect([refused.code, eventsOf(refused, 'ApplicationRefused')]).toMatchObject([
      0,
      [{ failed: [{ sentence: 'use must be at most 2 hours' }] }],
    ]);
    const granted = network.run(customer, 'Apply', shortApplication(published, parties));
    expect(eventsOf(granted, 'AgreementReserved')).toMatchObject([
      { agreement: 1n, order: 1n, part: 1n, resource: 1n, holdMicro: 500_000n },
    ]);
    const pair = network.run(customer, 'PlaceOrder', orderOfTwo(published, parties));
    expect(eventsOf(pair, 'AgreementReserved')).toMatchObject([
      // Five minutes at 2 tokens an hour, and 2 megabytes at 0.2 tokens each.
      { agreement: 2n, order: 2n, part: 1n, resource: 2n, holdMicro: 166_667n, degradedPerMille: 500n },
      { agreement: 3n, order: 2n, part: 2n, resource: 3n, holdMicro: 400_000n },
    ]);
    const stored = network.run(customer, 'Apply', storageApplication(published, parties));
    // 0.2 GB for an hour at 0.05 tokens for each.
    expect(eventsOf(stored, 'AgreementReserved')).toMatchObject([{ agreement: 4n, resource: 4n, holdMicro: 10_000n }]);
    const computed = network.run(customer, 'Apply', computingApplication(published.computer, parties));
    // A minute of processor time at 0.01 tokens a second.
    expect(eventsOf(computed, 'AgreementReserved')).toMatchObject([
      { agreement: 5n, resource: 5n, holdMicro: 600_000n },
    ]);
  });

  test('asks for a picture that all three providers make together where that is cheapest, two where few are wanted, and sooner for more [8.3.1-c] [8.4.2-c]', async () => {
    const { network } = await market();
    const picture = await pictureOf(customerOf(home), network.machine.network);
    const published = network.run(network.customer, 'PublishDemand', picture.demand);
    const [{ plans }] = eventsOf(published, 'PlansMade') as [{ plans: Struct<'Plan'>[] }];
    const providersOf = ({ parts }: Struct<'Plan'>): number => new Set(parts.map(({ provider }) => provider)).size;
    const byAim = new Map(plans.map((plan) => [plan.aim, plan]));
    const [cheapest, fewest, soonest] = ['cheapest', 'fewest-providers', 'soonest'].map((aim) => byAim.get(aim));
    if (!cheapest || !fewest || !soonest) throw new Error('A plan is missing.');
    expect([cheapest, fewest, soonest].map(providersOf)).toEqual([3, 2, 3]);
    expect(fewest.estimateMicro).toBeGreaterThan(cheapest.estimateMicro);
    expect(soonest.workMs).toBeLessThan(cheapest.workMs);
    // What each provider has to run, beside the parts of the plan, is all there is and nothing twice.
    expect(cheapest.shares.reduce((sum, { count }) => sum + count, 0n)).toBe(BigInt(picture.inputs.length));
  });

  test('encrypts the same program again after an interruption, under a key of its own for each network and person', async () => {
    const [customer, other] = [customerOf(home), { ...customerOf(home), secretKey: '11'.repeat(32) }];
    const network = new Uint8Array(32).fill(1);
    const made = await Promise.all([
      pictureOf(customer, network),
      pictureOf(customer, network),
      pictureOf(customer, new Uint8Array(32).fill(2)),
      pictureOf(other, network),
    ]);
    const [first, again, ...others] = made.map(({ payload, key }) => `${toHex(payload)} ${toHex(key)}`);
    expect(again).toBe(first);
    expect(new Set([first, ...others]).size).toBe(3);
  });
});

function offersOf({ dataSets, stores, computers, relays }: SampleAgent): readonly Offer[] {
  return [...dataSets, ...stores, ...computers, ...relays];
}

function customerOf(folder: string): SamplePerson {
  const found = loadPeople(folder).find(({ id }) => id === 'customer');
  if (found === undefined) throw new Error('The sample has no customer.');
  return found;
}

interface Market {
  readonly network: TestNetwork;
  /** Of every authorisation and publication, in order. */
  readonly codes: readonly number[];
}

/** A ledger on which three providers authorised an agent each and published what the sample offers, as their agents found it. */
async function market(): Promise<Market> {
  const network = new TestNetwork(nobleCrypto);
  const codes: number[] = [];
  for (const [index, agent] of AGENTS.entries()) {
    const owner = index === 0 ? network.provider : newProvider(network, index);
    const agentKey = keyOf(person(40 + index, nobleCrypto).secret);
    const config = must(loadConfig(join(home, agent.folder, 'config.json')));
    const of = { network: network.machine.network, owner: Number(owner.account) };
    const proof = offerKey(agentKey, { network: of.network, account: of.owner });
    const { address: keyAddress } = agentKey;
    const authorized = { ...network.authorizeArgs(), keyAddress, proof };
    codes.push(network.run(owner, 'AuthorizeKey', authorized).code);
    for (const offer of offersOf(agent)) {
      const { sourceId } = offer.source;
      const measureRoundTrip = () => Promise.resolve(done(1));
      const source = { sourceId, sealingKey: sealingKeyOf(agentKey), measureRoundTrip };
      const tested = must(await testConfiguredSource(config, source));
      const test = signTest(tested, { ...of, sourceId, testedAtMs: Number(network.nowMs) }, agentKey);
      codes.push(network.run(owner, 'PublishResource', publication(offer, { test, agentKey: 1 })).code);
    }
  }
  return { network, codes };
}

/** An account that the node providers gave the role of a provider. */
function newProvider(network: TestNetwork, index: number): Person {
  const owner = person(20 + index, nobleCrypto);
  const { data: created } = network.block([network.create(owner)]).transactions[0] ?? {};
  owner.account = (created as { account: bigint }).account;
  const { data: requested } = network.run(owner, 'RequestRole', { role: 'NRP' });
  network.pass((requested as { proposal: bigint }).proposal);
  return owner;
}

function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}

function eventsOf({ events }: FinalizedItem, type: string): unknown[] {
  return events.filter((event) => event['type'] === type);
}
