import { definitions } from '#ledger/contracts/definitions.ts';
import {
  decidedVersions,
  readVersions,
  versionsDue,
  type DecidedVersion,
  type VersionedName,
} from '#ledger/contracts/governance/versions.ts';
import {
  contractsAt,
  implementationOf,
  type Implementation,
  type Implementations,
  type Rules,
} from '#ledger/contracts/registry.ts';
import { FOUNDING_VERSION, versionDigest } from '#ledger/contracts/shared/version-digest.ts';
import { equal, toHex } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { StateReader } from '#ledger/core/decision.ts';
import { halt } from '#ledger/core/halt.ts';

/** Which versions execute a block. What they are is decided by votes; whether this program has them is asked before the block. */

/** Rules of a block, and the changes that it begins with. */
export interface BlockRules {
  readonly rules: Rules;
  readonly entering: readonly DecidedVersion[];
}

export class ContractVersions {
  readonly #known: Implementations;
  readonly #crypto: Pick<Crypto, 'sha256'>;
  /** Rules by the versions in them, once this program was seen to have these: a block then costs one read. */
  #last: { readonly key: string; readonly rules: Rules };

  constructor(known: Implementations, crypto: Pick<Crypto, 'sha256'>) {
    this.#known = known;
    this.#crypto = crypto;
    this.#last = { key: '', rules: contractsAt(new Map(), known) };
  }

  /** Rules of the last block that was asked about: for what is admitted before the next. */
  get rules(): Rules {
    return this.#last.rules;
  }

  /** What executes the block of this height and time on this state. Throws a Halt when this program does not have it. */
  of(state: StateReader, { height, timeMs }: { readonly height: bigint; readonly timeMs: bigint }): BlockRules {
    const entering = versionsDue(state, timeMs);
    const names = entering.map(({ name }) => name);
    const staying = decidedVersions(state).filter(({ name }) => !names.includes(name));
    return { rules: this.#rulesOf([...staying, ...entering], height), entering };
  }

  #rulesOf(decided: readonly DecidedVersion[], height: bigint): Rules {
    const key = decided
      .map(({ name, version, digest }) => `${name} ${version} ${toHex(digest)}`)
      .toSorted()
      .join();
    if (key === this.#last.key) return this.#last.rules;
    for (const one of decided) {
      const fault = this.#faultOf(one);
      if (fault !== undefined) halt(haltSentence(one, fault, height));
    }
    const versions = new Map<VersionedName, bigint>(decided.map(({ name, version }) => [name, version]));
    this.#last = { key, rules: contractsAt(versions, this.#known) };
    return this.#last.rules;
  }

  #faultOf({ name, version, digest }: DecidedVersion): string | undefined {
    const found = implementationOf(this.#known, name, version);
    if (found === undefined) return 'which this program does not have';
    const own = versionDigest(found.definition, this.#crypto);
    return equal(own, digest) ? undefined : `and this program's version ${version} has another digest, ${toHex(own)}`;
  }
}

function haltSentence({ name, version, digest }: DecidedVersion, fault: string, height: bigint): string {
  return `Block ${height} is to be executed by version ${version} of the contract ${name} with the digest ${toHex(digest)}, ${fault}. Nothing of the block was executed: install the release that has this version and start again; the node goes on with this block.`;
}

/** Every contract with its version in force, what is scheduled, and the versions that this program can execute: for pages and operators. */
export function contractsAnswer(state: StateReader, known: Implementations, crypto: Pick<Crypto, 'sha256'>): CborValue {
  return (Object.keys(known) as VersionedName[]).map((name) => {
    const { id } = definitions[name];
    const { active = null, scheduled = null } =
      readVersions(state).find(({ contract }) => contract === BigInt(id)) ?? {};
    const held = (known[name] as readonly Implementation<VersionedName>[]).map(({ definition }) => ({
      version: definition.version,
      digest: versionDigest(definition, crypto),
      revision: definition.revision,
    }));
    const holds = (of: { readonly version: bigint; readonly digest: Uint8Array }): boolean =>
      held.some(({ version, digest }) => version === of.version && equal(digest, of.digest));
    const first = held.find(({ version }) => version === FOUNDING_VERSION);
    return {
      name,
      id: BigInt(id),
      version: active?.version ?? FOUNDING_VERSION,
      digest: active?.digest ?? first?.digest ?? null,
      since: active && { height: active.height, atMs: active.atMs, proposal: active.proposal },
      scheduled: scheduled && { ...scheduled, isHeld: holds(scheduled) },
      held,
    };
  });
}
