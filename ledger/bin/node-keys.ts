import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toHex } from '#ledger/core/bytes.ts';
import { readNodeIdentity, writeNodeKeys, type NodeIdentity } from '#ledger/engines/cometbft/home.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { cometbftFolder } from './home.ts';
import { makeKeyPair } from './key-pair.ts';
import { Refusal, sentenceOf } from './sentence.ts';

const USAGE = 'usage: npm run node-keys -- --home FOLDER --name NAME';
const NAME_CHARACTERS_MAX = 100;
/** In the order in which they are made: the validator's key comes last. */
const FILES = ['config/node_key.json', 'data/priv_validator_state.json', 'config/priv_validator_key.json'];

/** Reads the keys that stand here, or makes them; half a set is never completed, because the rest may be in use elsewhere. */
function identityOf(folder: string): NodeIdentity {
  const there = FILES.filter((name) => existsSync(join(folder, name)));
  if (there.length === FILES.length) return readNodeIdentity(folder);
  if (there.length === 0) return writeNodeKeys(folder, makeKeyPair().secretKey, nativeCrypto);
  const missing = FILES.find((name) => !there.includes(name));
  throw new Refusal(
    `${folder} has ${there.join(' and ')} but no ${missing}: bring it back, or choose another folder; a key that has voted must not be used without its state.`,
  );
}

/** Makes the keys of a member's node on its own machine and prints what the others need of it; again, it prints the same. */
function main(): void {
  const { values } = parseArgs({ options: { home: { type: 'string' }, name: { type: 'string' } } });
  const { home, name } = values;
  if (home === undefined || name === undefined) throw new Refusal(USAGE);
  if (name === '' || name.length > NAME_CHARACTERS_MAX)
    throw new Refusal(`--name must have 1 to ${NAME_CHARACTERS_MAX} characters.`);
  const identity = identityOf(cometbftFolder(resolve(home)));
  console.log(JSON.stringify({ name, publicKey: toHex(identity.publicKey), nodeId: identity.nodeId }));
}

try {
  main();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
