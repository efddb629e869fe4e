import 'server-only';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { LedgerClient } from '#ledger/client/ledger-client.ts';
import { fromHex } from '#ledger/core/bytes.ts';
import type { Genesis } from '#ledger/core/genesis.ts';

export { LedgerClient, LedgerRefusal, LedgerUnavailable } from '#ledger/client/ledger-client.ts';

const hexText = z.string().transform((text, context) => {
  const bytes = fromHex(text);
  if (bytes !== undefined) return bytes;
  context.addIssue({ code: 'custom', message: 'is not hex' });
  return z.NEVER;
});
const decimalText = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform((text) => BigInt(text));

const genesisShape = z.object({
  name: z.string(),
  timeMs: decimalText,
  accounts: z.array(
    z.object({
      address: hexText,
      roles: z.array(z.string()),
      profileCommitment: hexText,
      encryptionKey: hexText,
      balanceMicro: decimalText,
    }),
  ),
  treasuryMicro: decimalText,
  parameters: z.record(z.string(), decimalText),
  validators: z.array(z.object({ name: z.string(), publicKey: hexText })),
});

/** `genesis.json` of the data folder: what stands before the first block. */
export async function readGenesis(home: string): Promise<Genesis> {
  const text = await readFile(path.join(home, 'genesis.json'), 'utf8');
  return genesisShape.parse(JSON.parse(text));
}
