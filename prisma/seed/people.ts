import { encryptionKeyOf } from '#agent/encryption-key.ts';
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fromHex, toHex, utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { taggedHash } from '#ledger/core/hash.ts';
import { keyOf } from '#agent/key.ts';
import { DATA_SETS, placeDataSets } from './data-sets.ts';
import { COMPUTER, COMPUTER_PART, STORE, STORE_BYTES } from './offers.ts';
import { loadPeople, makePeople, peopleFile, secretKeyOf, type SamplePerson } from './sample-people.ts';

const AGENT_PORT = 4100;
const TREASURY_MICRO = 1_000_000_000_000n;

/**
 * Short times, so that a whole order can be watched to its settlement; all in milliseconds of block time. The time to contest is made
 * longer by a vote once the sample's own orders are settled (history.ts). A vote stays open for 30 days, because it waits for a person.
 */
const SAMPLE_PARAMETERS = {
  contestMs: 20_000n,
  deliveryMs: 120_000n,
  intervalMs: 10_000n,
  votingMs: 2_592_000_000n,
  epochMs: 60_000n,
  validityMsMax: 3_600_000n,
  newAccountGrantMicro: 100_000_000n,
  feePerMille: 10n,
  openAgreementsMax: 20n,
  createPerEpochMax: 100n,
  transactionsPerEpochMax: 1_000n,
  bytesPerEpochMax: 4_194_304n,
  testAgeMsMax: 3_600_000n,
};

const { values: flags } = parseArgs({
  options: { home: { type: 'string' }, portal: { type: 'string' } },
  strict: true,
});
if (flags.home === undefined) {
  process.stderr.write(
    'Usage: node_modules/.bin/node prisma/seed/people.ts --home <data folder> [--portal <origin>]\n',
  );
  process.exit(1);
}
const home = resolve(flags.home);
mkdirSync(home, { recursive: true, mode: 0o700 });
const people = existsSync(peopleFile(home)) ? loadPeople(home) : makePeople();
writeWhole(peopleFile(home), { people });
writeWhole(join(home, 'genesis-spec.json'), genesisSpec(people));
await placeDataSets(join(home, 'agent', 'sources'));
const agentConfig = join(home, 'agent', 'config.json');
if (!existsSync(agentConfig)) writeWhole(agentConfig, agentConfigOf(flags.portal ?? 'http://localhost:3000'));
process.stdout.write(`The sample people, the genesis specification and the sample agent’s config are in ${home}.\n`);

/** Hex and decimal strings, as ledger/bin/genesis.ts reads it. */
function genesisSpec(founders: readonly SamplePerson[]): unknown {
  return {
    name: 'Interpool sample consortium',
    parameters: Object.fromEntries(Object.entries(SAMPLE_PARAMETERS).map(([name, value]) => [name, value.toString()])),
    accounts: founders.map((person) => ({
      address: toHex(keyOf(secretKeyOf(person)).address),
      roles: person.roles,
      profileCommitment: toHex(profileCommitment(person)),
      encryptionKey: toHex(encryptionKeyOf(secretKeyOf(person))),
      balanceMicro: person.balanceMicro,
    })),
    treasuryMicro: TREASURY_MICRO.toString(),
  };
}

function profileCommitment({ name, salt }: SamplePerson): Uint8Array {
  return taggedHash(nobleCrypto, 'interpool/profile/v1', fromHex(salt) ?? new Uint8Array(), utf8(name));
}

function agentConfigOf(portal: string): unknown {
  return {
    portal,
    label: 'Larkspur agent',
    gateway: { host: '127.0.0.1', port: AGENT_PORT, publicOrigin: `http://localhost:${AGENT_PORT}` },
    home: '.',
    anchor: '../anchor.json',
    data: {
      folders: ['sources'],
      sources: Object.values(DATA_SETS).map(({ sourceId, title, format, file }) => ({
        id: sourceId,
        title,
        format,
        path: `sources/${file}`,
        publishRanges: true,
        publishSample: true,
      })),
    },
    computing: {
      computers: [
        {
          id: COMPUTER.source.sourceId,
          title: COMPUTER.source.title,
          slots: Number(COMPUTER_PART.slots),
          memoryMiB: Number(COMPUTER_PART.memoryMiB),
          region: COMPUTER_PART.region,
          zone: COMPUTER_PART.zone,
        },
      ],
    },
    storage: {
      stores: [{ id: STORE.source.sourceId, title: STORE.source.title, folder: 'store', bytes: Number(STORE_BYTES) }],
    },
  };
}

/** Private to its owner, and never half written. */
function writeWhole(path: string, value: unknown): void {
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, path);
}
