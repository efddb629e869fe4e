import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchorOf, anchorToJson, genesisFromJson, genesisToJson, type Genesis } from '#ledger/core/genesis.ts';
import { createApplication } from '#ledger/engines/application.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { haltFor } from '#ledger/storage/halt.ts';
import { writeWhole } from '#ledger/storage/whole-file.ts';
import { Refusal, sentenceOf } from './sentence.ts';
import { withoutMark } from '#ledger/core/json.ts';

/** `operator`: the account, by its place among the accounts from 1 on, that answers for validators which name none. */
const SPEC_FIELDS = ['name', 'parameters', 'accounts', 'treasuryMicro', 'operator'];

function readSpec(path: string): Record<string, unknown> {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw haltFor(`Reading ${path}`, error);
  }
  let spec: unknown;
  try {
    spec = JSON.parse(withoutMark(content));
  } catch {
    throw new Refusal(`${path} is not JSON.`);
  }
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec))
    throw new Refusal(`${path} must hold an object.`);
  const unknown = Object.keys(spec).find((name) => !SPEC_FIELDS.includes(name));
  if (unknown !== undefined) throw new Refusal(`${path} has a field "${unknown}" that a specification does not have.`);
  return spec as Record<string, unknown>;
}

/** A validator as genesis names it; the key in hex. */
export interface FoundingValidator {
  readonly name: string;
  readonly publicKey: string;
  /** Number of a founding account, decimal. */
  readonly operator?: string;
}

/** Name of a validator whose key is made here: by the number that its folder, its log lines and the commands go by, so that there is one. */
export function nameOfValidator(index: number): string {
  return `Validator ${index}`;
}

/** Genesis of a specification and its validators, at this moment; a sentence says what is wrong with it. */
export function genesisOf(specPath: string, validators: readonly FoundingValidator[]): Genesis {
  const { operator, ...spec } = readSpec(specPath);
  const named = validators.map((validator) => ({ ...(operator !== undefined && { operator }), ...validator }));
  const read = genesisFromJson(JSON.stringify({ ...spec, timeMs: Date.now().toString(), validators: named }));
  if (!read.ok) throw new Refusal(`${specPath} cannot be used: ${read.sentence}`);
  if (!read.value.accounts.some(({ roles }) => roles.includes('NRNSP'))) {
    throw new Refusal(
      `${specPath} cannot be used: no account has the role NRNSP, so nobody could ever decide anything.`,
    );
  }
  try {
    // The machine knows which roles and parameters there are.
    createApplication(read.value, nativeCrypto).initChain();
  } catch (error) {
    throw new Refusal(`${specPath} cannot be used: it must hold that ${sentenceOf(error)}.`);
  }
  return read.value;
}

/** A home is founded once. */
export function refuseFounded(home: string): void {
  if (!existsSync(join(home, 'genesis.json'))) return;
  throw new Refusal(`${home} has a genesis already; choose another folder, or remove this one to start over.`);
}

/** Writes anchor.json, then genesis.json: a home with a genesis is complete. */
export function writeFounding(home: string, genesis: Genesis): void {
  writeWhole(join(home, 'anchor.json'), anchorToJson(anchorOf(genesis, nativeCrypto)));
  writeWhole(join(home, 'genesis.json'), genesisToJson(genesis));
}
