import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestNetwork } from '#ledger/abci/testing/test-network.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { genesisFromJson } from '#ledger/core/genesis.ts';
import { Machine } from '#ledger/abci/machine.ts';
import { loadConfig } from '#agent/config.ts';
import { OFFERS } from './offers.ts';
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

  test('keeps its keys to its owner, and the same keys when it is made again [8.5.2-b]', () => {
    const before = loadPeople(home);
    makePeople();
    expect(loadPeople(home)).toEqual(before);
    expect(new Set(before.map(({ secretKey }) => secretKey)).size).toBe(4);
    expect(statSync(join(home, 'sample-people.json')).mode & 0o777).toBe(0o600);
  });

  test('gives the agent a config it takes, over files that are the package’s own', () => {
    const config = loadConfig(join(home, 'agent', 'config.json'));
    expect(config.ok && config.value.sources.map(({ id }) => id)).toEqual(OFFERS.map(({ data }) => data.sourceId));
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

  test('offers only what the contract takes [I.2-1]', () => {
    const network = new TestNetwork(nobleCrypto);
    network.run(network.provider, 'AuthorizeKey', network.authorizeArgs());
    for (const { data, terms } of OFFERS) {
      const args = network.publishArgs({ sourceId: data.sourceId, strategy: { ...terms, columns: ['date'] } });
      const { title, summary, region, licence, sourceUrl } = data;
      const words = { title, summary, tags: [...data.tags], region, licence, sourceUrl };
      expect([data.sourceId, network.run(network.provider, 'PublishResource', { ...args, ...words }).code]).toEqual([
        data.sourceId,
        0,
      ]);
    }
  });
});
