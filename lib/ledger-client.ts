import 'server-only';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { LedgerClient } from '#ledger/client/ledger-client.ts';
import { accountMethods } from '#ledger/contracts/account/methods.ts';
import { agreementMethods } from '#ledger/contracts/agreement/methods.ts';
import { governanceMethods } from '#ledger/contracts/governance/methods.ts';
import { resourceMethods } from '#ledger/contracts/resource/methods.ts';
import { settlementMethods } from '#ledger/contracts/settlement/methods.ts';
import { strategyMethods } from '#ledger/contracts/strategy/methods.ts';
import { tokenMethods } from '#ledger/contracts/token/methods.ts';
import { fromHex } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import type { Genesis } from '#ledger/core/genesis.ts';
import { compileMethods, decodeTransaction, type Method, type SignedTransaction } from '#ledger/core/transaction.ts';

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

const methods: readonly Method[] = [
  ...accountMethods,
  ...tokenMethods,
  ...resourceMethods,
  ...strategyMethods,
  ...agreementMethods,
  ...settlementMethods,
  ...governanceMethods,
];

/** Every contract's methods, compiled once. */
export const methodTable = compileMethods(methods, nobleCrypto);

/** Reads a committed transaction's bytes; undefined when they are none. */
export function readTransaction(bytes: Uint8Array): SignedTransaction | undefined {
  const decoded = decodeTransaction(bytes, methodTable);
  return decoded.ok ? decoded.value : undefined;
}
