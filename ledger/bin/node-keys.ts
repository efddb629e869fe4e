import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toHex } from '#ledger/core/bytes.ts';
import { readNodeIdentity, writeNodeKeys } from '#ledger/engines/cometbft/home.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { cometbftFolder } from './home.ts';
import { makeKeyPair } from './key-pair.ts';
import { Refusal, sentenceOf } from './sentence.ts';

const USAGE = 'usage: node ledger/bin/node-keys.ts --home FOLDER --name NAME';

/** Makes the keys of a member's node on its own machine and prints what the others need of it; again, it prints the same. */
function main(): void {
  const { values } = parseArgs({ options: { home: { type: 'string' }, name: { type: 'string' } } });
  if (values.home === undefined || values.name === undefined) throw new Refusal(USAGE);
  const folder = cometbftFolder(resolve(values.home));
  const isMade = existsSync(join(folder, 'config/priv_validator_key.json'));
  const identity = isMade ? readNodeIdentity(folder) : writeNodeKeys(folder, makeKeyPair().secretKey, nativeCrypto);
  console.log(JSON.stringify({ name: values.name, publicKey: toHex(identity.publicKey), nodeId: identity.nodeId }));
}

try {
  main();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
