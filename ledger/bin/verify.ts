import { parseArgs } from 'node:util';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { LIMITS, verifyReceipt, type ReceiptVerdict } from '#ledger/verify/receipt.ts';
import { Refusal } from './sentence.ts';
import { anchorFile, readAnchor, readBounded, runOffline } from './trust-files.ts';

/**
 * `npm run verify -- receipt.json [--anchor anchor.json]`: checks a receipt offline. Exit 0 when every step passed, 1 when one did not, 2
 * when there was nothing that could be checked (arguments, an unreadable file, a bad anchor).
 */

const USAGE = 'Usage: npm run verify -- receipt.json [--anchor anchor.json]';

function parseCommandLine(): { receipt: string; anchor: string | undefined } {
  try {
    const { values, positionals } = parseArgs({ options: { anchor: { type: 'string' } }, allowPositionals: true });
    if (positionals.length === 1) return { receipt: positionals[0]!, anchor: values.anchor };
  } catch {
    // An unknown option: the usage line below says what there is.
  }
  throw new Refusal(USAGE);
}

function report(verdict: ReceiptVerdict): string[] {
  const lines = verdict.steps.map(
    ({ name, ok, sentence }) => `${ok ? 'passed' : 'FAILED'}  ${name.padEnd(11)}  ${sentence}`,
  );
  if (!verdict.ok) {
    // What is right in itself may still be older than a checkpoint, or newer than an anchor reaches: the step says which.
    const isConsistent = verdict.steps.every(({ ok, name }) => ok || name === 'anchor');
    return [...lines, '', isConsistent ? 'This anchor does NOT vouch for the receipt.' : 'The receipt does NOT hold.'];
  }
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
  const file = anchorFile(named);
  const anchor = file === undefined ? undefined : readAnchor(file);
  const verdict = verifyReceipt(readBounded(receipt), anchor, nobleCrypto);
  if (file !== undefined) console.log(`Anchor: ${file}`);
  console.log(report(verdict).join('\n'));
  return verdict.ok ? 0 : 1;
}

runOffline(main);
