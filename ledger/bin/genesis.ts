import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toHex } from '#ledger/core/bytes.ts';
import { anchorOf, VALIDATORS_MIN } from '#ledger/core/genesis.ts';
import { writeValidatorKey } from '#ledger/engines/embedded/validator-key.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { validatorFolder } from '#ledger/engines/open.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { haltFor } from '#ledger/storage/halt.ts';
import { genesisOf, refuseFounded, writeFounding, type FoundingValidator } from './founding.ts';
import { makeKeyPair } from './key-pair.ts';
import { Refusal, sentenceOf } from './sentence.ts';

const USAGE = 'usage: node ledger/bin/genesis.ts --home FOLDER --spec SPEC.json [--validators MEMBERS.json]';

/** A list of what ledger/bin/node-keys.ts printed at each member's. */
function readMembers(path: string): FoundingValidator[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refusal(`${path} is not JSON.`);
    throw haltFor(`Reading ${path}`, error);
  }
  const isMember = (item: unknown): item is FoundingValidator =>
    typeof item === 'object' &&
    item !== null &&
    typeof (item as { name?: unknown }).name === 'string' &&
    typeof (item as { publicKey?: unknown }).publicKey === 'string';
  if (!Array.isArray(value) || !value.every(isMember)) {
    throw new Refusal(`${path} must hold a list of members, each with "name" and "publicKey".`);
  }
  return value.map(({ name, publicKey }) => ({ name, publicKey }));
}

/** Founds a ledger on this machine: makes the keys of four validators. */
function foundHere(home: string, spec: string): void {
  const keys = Array.from({ length: VALIDATORS_MIN }, makeKeyPair);
  const validators = keys.map(({ publicKey }, index) => ({
    name: `Validator ${index + 1}`,
    publicKey: toHex(publicKey),
  }));
  const genesis = genesisOf(spec, validators);
  realDisk.makeFolder(home);
  for (const [index, key] of keys.entries()) {
    const folder = validatorFolder(home, index);
    realDisk.makeFolder(folder);
    writeValidatorKey(folder, key.secretKey, key.publicKey);
  }
  writeFounding(home, genesis);
  report(home, genesis);
}

/** Founds a ledger of members that have made their keys elsewhere: no secret is here. */
function foundTogether(home: string, spec: string, members: string): void {
  const genesis = genesisOf(spec, readMembers(members));
  realDisk.makeFolder(home);
  writeFounding(home, genesis);
  report(home, genesis);
}

function report(home: string, genesis: ReturnType<typeof genesisOf>): void {
  const network = toHex(anchorOf(genesis, nativeCrypto).genesisHash);
  console.log(JSON.stringify({ home, network, validators: genesis.validators.length }));
}

function main(): void {
  const { values } = parseArgs({
    options: { home: { type: 'string' }, spec: { type: 'string' }, validators: { type: 'string' } },
  });
  if (values.home === undefined || values.spec === undefined) throw new Refusal(USAGE);
  const home = resolve(values.home);
  refuseFounded(home);
  if (values.validators === undefined) foundHere(home, values.spec);
  else foundTogether(home, values.spec, values.validators);
}

try {
  main();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
