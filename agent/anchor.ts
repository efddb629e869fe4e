import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fromHex } from '#ledger/core/bytes.ts';
import type { Anchor } from '#ledger/core/genesis.ts';
import { done, failed, reasonOf, type Outcome } from './outcome.ts';

const hexOf = (bytes: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const anchorSchema = z.object({ genesisHash: hexOf(32), validators: z.array(hexOf(33)).min(4).max(256) });

/** What the agent trusts about the ledger: from a file its owner put there, never from the portal. */
export function loadAnchor(file: string): Outcome<Anchor> {
  try {
    const parsed = anchorSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (!parsed.success)
      return failed(`The anchor file ${file} does not name a genesis hash and at least four validators.`);
    const genesisHash = fromHex(parsed.data.genesisHash) ?? new Uint8Array();
    const validators = parsed.data.validators.map((key) => fromHex(key) ?? new Uint8Array());
    return done({ genesisHash, validators });
  } catch (error) {
    return failed(`The anchor file ${file} cannot be read: ${reasonOf(error)}`);
  }
}
