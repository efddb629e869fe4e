import { parseArgs } from 'node:util';
import { cometbftProgram } from '#ledger/engines/testing/cometbft-network.ts';
import { runCampaign, type Verdict } from './campaign.ts';
import { missingForNamespaces } from './namespaces.ts';
import { runPartitions } from './partitions.ts';
import { STRIKES, type Strike } from './strikes.ts';

const USAGE =
  'usage: node_modules/.bin/node ledger/engines/testing/faults/main.ts ledger|partitions [--seed S] [--minutes N] [--strikes A,B] [--hold SECONDS] [--rounds N]';
const MINUTE_MS = 60_000;

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} is a whole number. ${USAGE}`);
  return value;
}

function strikesOf(text: string | undefined): readonly Strike[] | undefined {
  return text?.split(',').map((word) => {
    const found = STRIKES.find((strike) => strike === word);
    if (found === undefined) throw new Error(`“${word}” is no fault; there are ${STRIKES.join(', ')}.`);
    return found;
  });
}

function report({ broken, acknowledged, ordersSettled, height }: Verdict, seed: number): number {
  for (const sentence of broken) say(`BROKEN: ${sentence}`);
  say(`${acknowledged} transactions acknowledged, ${ordersSettled} orders settled, height ${height} on all nodes`);
  say(
    broken.length === 0
      ? 'the checker found nothing broken'
      : `the checker found ${broken.length} broken facts; seed ${seed}`,
  );
  return broken.length === 0 && ordersSettled > 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    options: { seed: text, minutes: text, strikes: text, hold: text, rounds: text },
    allowPositionals: true,
  });
  const [layer] = positionals;
  const seed = values.seed === undefined ? Date.now() % 1_000_000_000 : wholeNumber('seed', values.seed);
  process.stdout.write(`seed ${seed}\n`);
  const cometbft = cometbftProgram();
  if (cometbft === undefined) throw new Error('Name the CometBFT program in COMETBFT.');
  if (layer === 'ledger') {
    const untilMs = Date.now() + wholeNumber('minutes', values.minutes ?? '3') * MINUTE_MS;
    return report(await runCampaign({ cometbft, seed, strikes: strikesOf(values.strikes), untilMs, say }), seed);
  }
  if (layer !== 'partitions') throw new Error(USAGE);
  const missing = missingForNamespaces();
  if (missing !== undefined) throw new Error(`Partitions cannot be made here: ${missing}.`);
  const holdMs = wholeNumber('hold', values.hold ?? '4') * 1_000;
  const rounds = wholeNumber('rounds', values.rounds ?? '1');
  return report(await runPartitions({ cometbft, seed, holdMs, rounds, say }), seed);
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => process.exit(130));
// Ends also where a campaign broke off, and people of it still wait for an answer.
try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown reason'}\n`);
  process.exit(1);
}
