import { readFileSync } from 'node:fs';
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
