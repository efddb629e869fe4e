import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FinalizedItem } from '#ledger/abci/application.ts';
import { TestNetwork } from '#ledger/abci/testing/test-network.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { genesisFromJson } from '#ledger/core/genesis.ts';
import { Machine } from '#ledger/abci/machine.ts';
import { loadConfig } from '#agent/config.ts';
import { keyOf, offerKey } from '#agent/key.ts';
import type { Outcome } from '#agent/outcome.ts';
import { signTest } from '#agent/registration.ts';
import { testConfiguredSource } from '#agent/source-shelf.ts';
import { OFFERS, publication } from './offers.ts';
import {
  computingApplication,
  longApplication,
  orderOfTwo,
  shortApplication,
  storageApplication,
} from './purchases.ts';
import { loadPeople } from './sample-people.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'interpool-people-'));
  makePeople();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function makePeople(): void {
  execFileSync(process.execPath, ['prisma/seed/people.ts', '--home', home], { stdio: 'pipe' });
}

describe('the sample', () => {
  test('founds a ledger that the machine accepts', () => {
    const spec = JSON.parse(readFileSync(join(home, 'genesis-spec.json'), 'utf8')) as object;
    const validators = new TestNetwork(nobleCrypto).genesis.validators.map(({ name, publicKey }) => ({
      name,
      publicKey: Buffer.from(publicKey).toString('hex'),
    }));
    const genesis = genesisFromJson(JSON.stringify({ ...spec, timeMs: '1800000000000', validators }));
    if (!genesis.ok) throw new Error(genesis.sentence);
    const machine = new Machine(genesis.value, nobleCrypto);
    machine.initChain();
    expect(genesis.value.accounts.map(({ roles }) => roles)).toEqual([
      ['NRC', 'NRP'],
      ['NRC'],
      ['NRC', 'NRNSP'],
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
    expect(new Set(before.map(({ secretKey }) => secretKey)).size).toBe(4);
    expect(statSync(join(home, 'sample-people.json')).mode & 0o777).toBe(0o600);
  });

  test('gives the agent a config it takes, over files that are the package’s own', () => {
    const config = loadConfig(join(home, 'agent', 'config.json'));
    expect(config.ok && config.value.sources.map(({ id }) => id).toSorted()).toEqual(
      OFFERS.map(({ source }) => source.sourceId).toSorted(),
    );
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
    const network = await market();
    expect(network.included.map(({ item }) => item.code)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('asks for one use that is refused, two that are granted, and an order of which both parts are granted', async () => {
    const network = await market();
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
});

/** A ledger on which the provider authorised its agent and published its offers, each as the agent found it. */
async function market(): Promise<TestNetwork> {
  const network = new TestNetwork(nobleCrypto);
  const agentKey = keyOf(network.agent.secret);
  const config = must(loadConfig(join(home, 'agent', 'config.json')));
  const of = { network: network.machine.network, owner: 1 };
  const proof = offerKey(agentKey, { network: of.network, account: of.owner });
  network.run(network.provider, 'AuthorizeKey', { ...network.authorizeArgs(), proof });
  for (const offer of OFFERS) {
    const { sourceId } = offer.source;
    const tested = must(await testConfiguredSource(config, sourceId));
    const test = signTest(tested, { ...of, sourceId, testedAtMs: Number(network.nowMs) }, agentKey);
    network.run(network.provider, 'PublishResource', publication(offer, { test, agentKey: 1 }));
  }
  return network;
}

function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}

function eventsOf({ events }: FinalizedItem, type: string): unknown[] {
  return events.filter((event) => event['type'] === type);
}
