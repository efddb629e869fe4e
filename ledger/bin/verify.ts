import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { anchorFromJson, type Anchor } from '#ledger/core/genesis.ts';
import { RECEIPT_CHARACTERS_MAX } from '#ledger/core/receipt-file.ts';
import { LIMITS, verifyReceipt, type ReceiptVerdict } from '#ledger/verify/receipt.ts';

/**
 * `npm run verify -- receipt.json [--anchor anchor.json]`: checks a receipt offline. Exit 0 when every step passed, 1 when one did not, 2
 * when there was nothing that could be checked (arguments, an unreadable file, a bad anchor).
 */

const USAGE = 'Usage: npm run verify -- receipt.json [--anchor anchor.json]';

class UsageError extends Error {}

function readBounded(file: string): string {
  let size: number;
  try {
    size = statSync(file).size;
  } catch {
    throw new UsageError(`The file ${file} cannot be read.`);
  }
  if (size > RECEIPT_CHARACTERS_MAX * 4)
    throw new UsageError(`The file ${file} is too large to be a receipt or an anchor.`);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`The file ${file} cannot be read.`);
  }
}

/** The anchor of this machine's own ledger, where there is one. */
function ownAnchor(): string | undefined {
  const file = join(process.env.INTERPOOL_HOME ?? '.interpool', 'anchor.json');
  return existsSync(file) ? file : undefined;
}

function readAnchor(file: string): Anchor {
  const anchor = anchorFromJson(readBounded(file));
  if (!anchor.ok) throw new UsageError(`The anchor ${file} cannot be used: ${anchor.sentence}`);
  return anchor.value;
}

function parseCommandLine(): { receipt: string; anchor: string | undefined } {
  try {
    const { values, positionals } = parseArgs({ options: { anchor: { type: 'string' } }, allowPositionals: true });
    if (positionals.length === 1) return { receipt: positionals[0]!, anchor: values.anchor };
  } catch {
    // An unknown option: the usage line below says what there is.
  }
  throw new UsageError(USAGE);
}

function report(verdict: ReceiptVerdict): string[] {
  const lines = verdict.steps.map(
    ({ name, ok, sentence }) => `${ok ? 'passed' : 'FAILED'}  ${name.padEnd(11)}  ${sentence}`,
  );
  if (!verdict.ok) return [...lines, '', 'The receipt does NOT hold.'];
  const { leaf, events, headerTimeMs } = verdict;
  const types = events.map((event) => String(event.type)).join(', ');
  lines.push('', `Result code ${leaf!.code}${leaf!.code === 0 ? ' (success)' : ''}; events: ${types || 'none'}.`);
  lines.push(`Recorded no later than block ${verdict.height}, before ${new Date(Number(headerTimeMs)).toISOString()}.`);
  lines.push(
    verdict.authenticated
      ? 'The receipt is authentic.'
      : 'Consistent, not authenticated: name an anchor with --anchor.',
  );
  lines.push('', 'What this does not prove:', ...LIMITS.map((limit) => `- ${limit}`));
  return lines;
}

function main(): number {
  const { receipt, anchor: named } = parseCommandLine();
  const anchorFile = named ?? ownAnchor();
  const anchor = anchorFile === undefined ? undefined : readAnchor(anchorFile);
  const verdict = verifyReceipt(readBounded(receipt), anchor, nobleCrypto);
  if (anchorFile !== undefined) console.log(`Anchor: ${anchorFile}`);
  console.log(report(verdict).join('\n'));
  return verdict.ok ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
