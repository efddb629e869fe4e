import { readFileSync } from 'node:fs';
import { equal, toHex } from '#ledger/core/bytes.ts';
import { anchorFromJson, type Anchor } from '#ledger/core/genesis.ts';
import { done, failed, reasonOf, type Outcome } from './outcome.ts';

/** What the agent trusts about the ledger: from a file its owner put there, never from the portal. */
export function loadAnchor(file: string): Outcome<Anchor> {
  try {
    const read = anchorFromJson(readFileSync(file, 'utf8'));
    return read.ok ? done(read.value) : failed(`The anchor file ${file} is not usable: ${read.sentence}`);
  } catch (error) {
    return failed(`The anchor file ${file} cannot be read: ${reasonOf(error)}`);
  }
}

/** The owner's anchor, or the checkpoint that the agent has reached from it since. */
export function newestAnchor(owners: Anchor, reached: Anchor | null): Anchor {
  if (reached === null || !equal(reached.genesisHash, owners.genesisHash)) return owners;
  return heightOf(reached) > heightOf(owners) ? reached : owners;
}

function heightOf({ checkpoint }: Anchor): bigint {
  return checkpoint?.height ?? 0n;
}

/** True when both name the same validators, in any order. */
export function hasSameValidators(left: Anchor, right: Anchor): boolean {
  const names = ({ validators }: Anchor): string => validators.map(toHex).sort().join(' ');
  return names(left) === names(right);
}
