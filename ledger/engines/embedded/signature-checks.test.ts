import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { CheckedSignature } from '#ledger/abci/verified-transactions.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { makeLedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { signTransfers } from '#ledger/engines/testing/load.ts';
import { createSignatureChecks, type SignatureChecks } from './signature-checks.ts';

const cryptoUrl = new URL('../native-crypto.ts', import.meta.url).href;
const APPLICATION = new URL('../application.ts', import.meta.url).href;
const WITHOUT_SIGNATURES = new URL('../testing/counter-application.ts', import.meta.url).href;

let folder: string | undefined;
let checks: SignatureChecks | undefined;

afterEach(() => {
  checks?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

function transfers(): Uint8Array[] {
  folder = mkdtempSync(join(tmpdir(), 'ip-checks-'));
  return signTransfers(makeLedgerHome(join(folder, 'home'), 4, nativeCrypto), 100).flat();
}

const ahead = (transactions: readonly Uint8Array[]): Promise<void> =>
  new Promise((resolve) => checks!.ahead(transactions, resolve));

test('a thread beside the validator finds who signed; until it is there nobody waits for it [8.2.1-a]', async () => {
  const found: CheckedSignature[] = [];
  checks = createSignatureChecks({ applicationUrl: APPLICATION, cryptoUrl }, (checked) => found.push(...checked));
  const transactions = transfers();
  await ahead(transactions);
  expect(found).toEqual([]);
  for (let turn = 0; found.length === 0 && turn < 500; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    await ahead(transactions);
  }
  // Some are left to the validator, so that neither waits for the other.
  expect(found.map(({ key }) => key)).toEqual(
    transactions.slice(0, found.length).map((bytes) => toHex(nativeCrypto.sha256(bytes))),
  );
  expect(found.length).toBeGreaterThan(transactions.length / 2);
  expect(found.length).toBeLessThan(transactions.length);
});

test('an application without signatures, a module that is missing and a stop leave nobody waiting [8.2.1-a]', async () => {
  const transactions = transfers();
  for (const applicationUrl of [WITHOUT_SIGNATURES, 'file:///nowhere.ts']) {
    checks = createSignatureChecks({ applicationUrl, cryptoUrl }, () => expect.unreachable());
    for (let turn = 0; turn < 10; turn += 1) {
      await ahead(transactions);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    checks.stop();
  }
});
