import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toHex } from '#ledger/core/bytes.ts';
import { genesisHash } from '#ledger/core/genesis.ts';
import { possessionDigest } from '#ledger/core/validator-possession.ts';
import { readCometbftKey } from '#ledger/engines/cometbft/home.ts';
import { readKeyPair, writeValidatorKey } from '#ledger/engines/embedded/validator-key.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { checkHome, cometbftFolder, readGenesis } from './home.ts';
import { makeKeyPair } from './key-pair.ts';
import { Refusal, sentenceOf } from './sentence.ts';

/**
 * Prints what a proposal of this validator needs: its public key, and the key's proof that its holder offers it for one operator. The
 * secret key stays where it is.
 */

const USAGE =
  'usage: npm run validator-key -- --home FOLDER --operator A-12 [--key FOLDER] [--new]; the key lies in the home unless --key names its folder';

function readOptions(): { home: string; folder: string; operator: bigint; isNew: boolean } {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { home: text, operator: text, key: text, new: { type: 'boolean' } } });
  if (values.home === undefined || values.operator === undefined) throw new Refusal(USAGE);
  const account = /^(?:A-)?([1-9]\d{0,13})$/.exec(values.operator)?.[1];
  if (account === undefined)
    throw new Refusal(`--operator names the account that answers for the node, as A-12, not ${values.operator}.`);
  const home = resolve(values.home);
  const folder = values.key === undefined ? home : resolve(values.key);
  return { home, folder, operator: BigInt(account), isNew: values.new === true };
}

/** The one place that knows how a validator's key is kept. */
function keyOf(folder: string, isNew: boolean): { secretKey: Uint8Array; publicKey: Uint8Array } {
  const cometbft = cometbftFolder(folder);
  if (existsSync(cometbft)) {
    if (isNew) throw new Refusal(`${cometbft} is a CometBFT home: ledger/bin/node-keys.ts makes its key.`);
    const secretKey = readCometbftKey(cometbft);
    return { secretKey, publicKey: nativeCrypto.publicKey(secretKey) };
  }
  if (!isNew) return readKeyPair(folder, nativeCrypto);
  const made = makeKeyPair();
  realDisk.makeFolder(folder);
  writeValidatorKey(folder, made.secretKey, made.publicKey);
  return made;
}

function main(): void {
  const { home, folder, operator, isNew } = readOptions();
  checkHome(home);
  const network = genesisHash(readGenesis(home), nativeCrypto);
  const { secretKey, publicKey } = keyOf(folder, isNew);
  const proof = nativeCrypto.sign(possessionDigest({ network, operator }, nativeCrypto), secretKey);
  console.log(JSON.stringify({ publicKey: toHex(publicKey), operator: `A-${operator}`, proof: toHex(proof) }));
}

try {
  main();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
