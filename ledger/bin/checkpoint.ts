import { rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { anchorToJson, chainIdOf } from '#ledger/core/genesis.ts';
import { verifyHead } from '#ledger/verify/head.ts';
import { Refusal } from './sentence.ts';
import { anchorFile, readAnchor, readBounded, runOffline } from './trust-files.ts';

/**
 * `npm run checkpoint -- head.json [--anchor anchor.json] [--out checkpoint.json]`: verifies a head offline and writes the newer anchor
 * that it makes. Exit 0 when it was written, 1 when the head does not verify, 2 when there was nothing to check or no place to write.
 */

const USAGE = 'Usage: npm run checkpoint -- head.json [--anchor anchor.json] [--out checkpoint.json]';

function parseCommandLine(): { head: string; anchor: string | undefined; out: string } {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({ options: { anchor: text, out: text }, allowPositionals: true });
    const { anchor, out = 'checkpoint.json' } = values;
    if (positionals.length === 1) return { head: positionals[0]!, anchor, out };
  } catch {
    // An unknown option: the usage line below says what there is.
  }
  throw new Refusal(USAGE);
}

/** Writes a file that is not there yet, wholly or not at all. */
function writeNew(file: string, content: string): void {
  try {
    writeFileSync(file, content, { flag: 'wx', flush: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new Refusal(`The file ${file} is there already: name another one with --out.`);
    rmSync(file, { force: true });
    throw new Refusal(`The file ${file} cannot be written: ${message}.`);
  }
}

function main(): number {
  const { head, anchor: named, out } = parseCommandLine();
  const file = anchorFile(named);
  if (file === undefined)
    throw new Refusal('A checkpoint is made from an anchor: name the one you have with --anchor.');
  const verdict = verifyHead(readBounded(head), readAnchor(file), nobleCrypto);
  const made = verdict.checkpoint;
  if (made?.checkpoint === undefined) {
    const fault = verdict.steps.find((step) => !step.ok)?.sentence;
    console.error(`No checkpoint was made from ${head} with the anchor ${file}: ${fault}`);
    return 1;
  }
  writeNew(out, anchorToJson(made));
  const { height, timeMs } = made.checkpoint;
  const time = new Date(Number(timeMs)).toISOString();
  console.log(`Anchor: ${file}`);
  console.log(
    `Wrote ${out}: ${chainIdOf(made.genesisHash)} at height ${height}, ${time}, decided by ${made.validators.length} validators.`,
  );
  return 0;
}

runOffline(main);
