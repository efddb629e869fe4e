import { encryptionKeyOf } from '#agent/encryption-key.ts';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toHex } from '#ledger/core/bytes.ts';
import { keyOf } from '#agent/key.ts';
import { AGENTS } from './agents.ts';
import { placeDataSets } from './data-sets.ts';
import { placeAgent, writeWhole } from './place-agent.ts';
import { programConfigOf, PROGRAMS, type SampleProgram } from './programs.ts';
import {
  loadPeople,
  makePeople,
  peopleFile,
  profileCommitment,
  secretKeyOf,
  type SamplePerson,
} from './sample-people.ts';

const TREASURY_MICRO = 1_000_000_000_000n;

/**
 * Short times, so that a whole order can be watched to its settlement, and a provider that has fallen silent is found out while somebody
 * watches; all in milliseconds of block time. The time to contest is made longer by a vote once the sample's own orders are settled
 * (history.ts). Plans stand for five minutes, because a person reads them, and a vote stays open for 30 days, because it waits for one.
 */
const SAMPLE_PARAMETERS = {
  contestMs: 20_000n,
  deliveryMs: 30_000n,
  intervalMs: 10_000n,
  planMs: 300_000n,
  rangeGraceMs: 10_000n,
  probationMs: 60_000n,
  silenceMs: 120_000n,
  creditEpochMs: 60_000n,
  creditOnlineWeight: 400n,
  creditProbesWeight: 200n,
  creditActivityWeight: 100n,
  creditHistoryWeight: 300n,
  creditActivityFull: 10n,
  equivocationCost: 500n,
  consensusCreditMin: 600n,
  publishCreditMin: 300n,
  ordersCreditMin: 200n,
  automaticShiftMilli: 0n,
  proximityQualityWeight: 300n,
  proximityWaitingWeight: 200n,
  proximityHistoryWeight: 200n,
  proximityDistanceWeight: 300n,
  incentivePoolMicro: 1_000_000n,
  incentiveCapPerMille: 200n,
  incentiveOnlineMicro: 10_000n,
  incentiveServedMicro: 50_000n,
  incentiveFeePerMille: 500n,
  incentiveVoteMicro: 5_000n,
  incentiveVotesMax: 8n,
  incentiveValidatorMicro: 20_000n,
  openDemandsMax: 20n,
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
const portal = flags.portal ?? 'http://localhost:3000';
mkdirSync(home, { recursive: true, mode: 0o700 });
const people = existsSync(peopleFile(home)) ? loadPeople(home) : makePeople();
writeWhole(peopleFile(home), { people });
writeWhole(join(home, 'genesis-spec.json'), genesisSpec(people));
for (const agent of AGENTS) {
  placeAgent(home, agent, portal);
  await placeDataSets(
    join(home, agent.folder, 'sources'),
    agent.dataSets.map(({ source }) => source),
  );
}
for (const program of PROGRAMS) placeProgram(program);
process.stdout.write(
  `The sample people, the genesis specification and the configs of the sample agents are in ${home}.\n`,
);

/** Its portal follows each start's. */
function placeProgram(program: SampleProgram): void {
  const folder = join(home, program.folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, 'config.json');
  const account = accountOf(program.owner);
  if (!existsSync(config)) writeWhole(config, programConfigOf(program, account, portal));
  for (const [name, text] of Object.entries(program.files ?? {}))
    if (!existsSync(join(folder, name))) writeFileSync(join(folder, name), text, { mode: 0o600 });
}

/** Founders have the numbers of their places. */
function accountOf(id: SamplePerson['id']): number {
  return people.findIndex((person) => person.id === id) + 1;
}

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
    operator: accountOf('node-provider-1').toString(),
  };
}
