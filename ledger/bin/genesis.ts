import { ECDH } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toHex } from '#ledger/core/bytes.ts';
import { anchorOf, VALIDATORS_MIN } from '#ledger/core/genesis.ts';
import { writeValidatorKey } from '#ledger/engines/embedded/validator-key.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { validatorFolder } from '#ledger/engines/open.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { haltFor } from '#ledger/storage/halt.ts';
import { genesisOf, refuseFounded, writeFounding, type FoundingValidator, nameOfValidator } from './founding.ts';
import { makeKeyPair } from './key-pair.ts';
import { Refusal, sentenceOf } from './sentence.ts';
import { withoutMark } from '#ledger/core/json.ts';

const USAGE = 'usage: npm run genesis -- --home FOLDER --spec SPEC.json [--validators MEMBERS.json]';

const MEMBERS_BYTES_MAX = 1_024 * 1_024;

/** Whether a compressed key is a point of the curve: CometBFT would stop at a vote of one that is not. */
function isPublicKey(hex: string): boolean {
  if (!/^0[23][0-9a-f]{64}$/.test(hex)) return false;
  try {
    ECDH.convertKey(hex, 'secp256k1', 'hex', 'hex', 'uncompressed');
    return true;
  } catch {
    return false;
  }
}

function memberOf(item: unknown, where: string): FoundingValidator {
  const isObject = typeof item === 'object' && item !== null;
  const { name, publicKey, operator } = isObject
    ? (item as { name?: unknown; publicKey?: unknown; operator?: unknown })
    : {};
  if (typeof name !== 'string' || typeof publicKey !== 'string')
    throw new Refusal(`${where} must have "name" and "publicKey", as ledger/bin/node-keys.ts prints them.`);
  if (!isPublicKey(publicKey)) throw new Refusal(`${where} (${name}) has a publicKey that is no secp256k1 key.`);
  if (operator === undefined) return { name, publicKey };
  if (typeof operator !== 'string')
    throw new Refusal(`${where} (${name}) has an operator that is no account’s number in quotes.`);
  return { name, publicKey, operator };
}

/** A list of what ledger/bin/node-keys.ts printed at each member's. */
function readMembers(path: string): FoundingValidator[] {
  let value: unknown;
  try {
    if (statSync(path).size > MEMBERS_BYTES_MAX) throw new Refusal(`${path} is too long for a list of members.`);
    value = JSON.parse(withoutMark(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (error instanceof SyntaxError) throw new Refusal(`${path} is not JSON.`);
    throw haltFor(`Reading ${path}`, error);
  }
  if (!Array.isArray(value)) throw new Refusal(`${path} must hold a list of members.`);
  if (value.length < VALIDATORS_MIN)
    throw new Refusal(`${path} names ${value.length} members: a ledger begins with at least ${VALIDATORS_MIN}.`);
  const members = value.map((item, index) => memberOf(item, `Member ${index + 1} of ${path}`));
  const twice = members.find(({ name }, index) => members.findIndex((each) => each.name === name) !== index);
  if (twice !== undefined) throw new Refusal(`${path} names “${twice.name}” twice.`);
  return members;
}

/** Founds a ledger on this machine: makes the keys of four validators. */
function foundHere(home: string, spec: string): void {
  const keys = Array.from({ length: VALIDATORS_MIN }, makeKeyPair);
  const validators = keys.map(({ publicKey }, index) => ({
    name: nameOfValidator(index),
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
