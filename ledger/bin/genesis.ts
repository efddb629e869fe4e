import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toHex } from '#ledger/core/bytes.ts';
import {
  anchorOf,
  anchorToJson,
  genesisFromJson,
  genesisToJson,
  VALIDATORS_MIN,
  type Genesis,
} from '#ledger/core/genesis.ts';
import { createApplication } from '#ledger/engines/application.ts';
import { writeValidatorKey } from '#ledger/engines/embedded/validator-key.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { validatorFolder } from '#ledger/engines/open.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { haltFor } from '#ledger/storage/halt.ts';
import { makeKeyPair } from './key-pair.ts';
import { Refusal, sentenceOf } from './sentence.ts';

const USAGE = 'usage: node ledger/bin/genesis.ts --home FOLDER --spec SPEC.json';
const SPEC_FIELDS = ['name', 'parameters', 'accounts', 'treasuryMicro'];

function readSpec(path: string): Record<string, unknown> {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw haltFor(`Reading ${path}`, error);
  }
  let spec: unknown;
  try {
    spec = JSON.parse(content);
  } catch {
    throw new Refusal(`${path} is not JSON.`);
  }
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec))
    throw new Refusal(`${path} must hold an object.`);
  const unknown = Object.keys(spec).find((name) => !SPEC_FIELDS.includes(name));
  if (unknown !== undefined) throw new Refusal(`${path} has a field "${unknown}" that a specification does not have.`);
  return spec as Record<string, unknown>;
}

function genesisOf(spec: Record<string, unknown>, publicKeys: readonly Uint8Array[], specPath: string): Genesis {
  const validators = publicKeys.map((publicKey, index) => ({
    name: `Validator ${index + 1}`,
    publicKey: toHex(publicKey),
  }));
  const read = genesisFromJson(JSON.stringify({ ...spec, timeMs: Date.now().toString(), validators }));
  if (!read.ok) throw new Refusal(`${specPath} cannot be used: ${read.sentence}`);
  try {
    // The machine knows which roles and parameters there are.
    createApplication(read.value, nativeCrypto).initChain();
  } catch (error) {
    throw new Refusal(`${specPath} cannot be used: it must hold that ${sentenceOf(error)}.`);
  }
  return read.value;
}

/** Whole or not at all. */
function writeWhole(path: string, text: string): void {
  try {
    writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw haltFor(`Writing ${path}`, error);
  }
}

function main(): void {
  const { values } = parseArgs({ options: { home: { type: 'string' }, spec: { type: 'string' } } });
  if (values.home === undefined || values.spec === undefined) throw new Refusal(USAGE);
  const home = resolve(values.home);
  if (existsSync(join(home, 'genesis.json'))) {
    throw new Refusal(`${home} has a genesis already; choose another folder, or remove this one to start over.`);
  }
  const keys = Array.from({ length: VALIDATORS_MIN }, makeKeyPair);
  const genesis = genesisOf(
    readSpec(values.spec),
    keys.map((key) => key.publicKey),
    values.spec,
  );
  realDisk.makeFolder(home);
  for (const [index, key] of keys.entries()) {
    const folder = validatorFolder(home, index);
    realDisk.makeFolder(folder);
    writeValidatorKey(folder, key.secretKey, key.publicKey);
  }
  writeWhole(join(home, 'anchor.json'), anchorToJson(anchorOf(genesis, nativeCrypto)));
  // Last: a home with a genesis is complete.
  writeWhole(join(home, 'genesis.json'), genesisToJson(genesis));
  console.log(
    JSON.stringify({ home, network: toHex(anchorOf(genesis, nativeCrypto).genesisHash), validators: keys.length }),
  );
}

try {
  main();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
