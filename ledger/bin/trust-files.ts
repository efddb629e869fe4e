import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { anchorFromJson, type Anchor } from '#ledger/core/genesis.ts';
import { RECEIPT_CHARACTERS_MAX } from '#ledger/core/receipt-file.ts';
import { Refusal } from './sentence.ts';

/** What the offline commands read: receipts and heads to check, and the anchors to check them against. */

/** Text of a receipt, a head or an anchor. Throws a Refusal when it cannot be read or is larger than any of them. */
export function readBounded(file: string): string {
  try {
    if (statSync(file).size <= RECEIPT_CHARACTERS_MAX * 4) return readFileSync(file, 'utf8');
  } catch {
    throw new Refusal(`The file ${file} cannot be read.`);
  }
  throw new Refusal(`The file ${file} is too large to be a receipt, a head or an anchor.`);
}

/** The anchor that was named, or that of this machine's own ledger where there is one. */
export function anchorFile(named: string | undefined): string | undefined {
  if (named !== undefined) return named;
  const file = join(process.env.INTERPOOL_HOME ?? '.interpool', 'anchor.json');
  return existsSync(file) ? file : undefined;
}

export function readAnchor(file: string): Anchor {
  const anchor = anchorFromJson(readBounded(file));
  if (!anchor.ok) throw new Refusal(`The anchor ${file} cannot be used: ${anchor.sentence}`);
  return anchor.value;
}

/** Ends the process with what `main` answers, or with 2 and a sentence when there was nothing to check. */
export function runOffline(main: () => number): void {
  try {
    process.exitCode = main();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
