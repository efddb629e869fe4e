import { definitions, type ContractName } from '#ledger/contracts/definitions.ts';
import { FOUNDING_VERSION } from '#ledger/contracts/shared/version-digest.ts';
import { assert } from '#ledger/core/assert.ts';
import type { StateReader, StateWriter } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { governanceCodes as codes, governanceEvent, type GovernanceArgs, type GovernanceEvent } from './definition.ts';
import { governanceTables, readParameter, type VersionRecord } from './record.ts';

/** Which version of each contract is in force, and which is decided [6.2.1-b]. */

/** Contracts that votes give new versions: the machine is no contract, and changes with the program. */
export type VersionedName = Exclude<ContractName, 'machine'>;

/** Epochs between the vote and the block from which the version is in force: the time to install it. */
const EPOCHS_AHEAD = 2n;

type Proposed = GovernanceArgs<'ProposeContractVersion'>;

/** A version that a vote has decided. */
export interface DecidedVersion {
  readonly name: VersionedName;
  readonly version: bigint;
  readonly digest: Uint8Array;
  readonly proposal: bigint;
}

export function isVersioned(name: string): name is VersionedName {
  return Object.hasOwn(definitions, name) && name !== definitions.machine.name;
}

const namesById = new Map<bigint, VersionedName>(
  Object.values(definitions).flatMap(({ id, name }) => (isVersioned(name) ? [[BigInt(id), name] as const] : [])),
);

function nameOf({ contract }: VersionRecord): VersionedName {
  const name = namesById.get(contract);
  assert(name !== undefined, 'the versions that are kept are those of known contracts');
  return name;
}

export function readVersions(state: StateReader): readonly VersionRecord[] {
  return state.read(governanceTables.versions, 0n) ?? [];
}

/** Contracts whose version is not the founding one, with what the votes named. */
export function decidedVersions(state: StateReader): readonly DecidedVersion[] {
  return readVersions(state).flatMap((record) => {
    const { active } = record;
    return active === null ? [] : [{ name: nameOf(record), ...active }];
  });
}

/** Changes that a block of this time begins with, in the order of the contracts' ids. */
export function versionsDue(state: StateReader, nowMs: bigint): readonly DecidedVersion[] {
  return readVersions(state).flatMap((record) => {
    const { scheduled } = record;
    return scheduled === null || scheduled.activatesAtMs > nowMs ? [] : [{ name: nameOf(record), ...scheduled }];
  });
}

/** When the next change wants its block; undefined when none is scheduled. */
export function nextActivationMs(state: StateReader): bigint | undefined {
  const times = readVersions(state).flatMap(({ scheduled }) => scheduled?.activatesAtMs ?? []);
  return times.reduce<bigint | undefined>(
    (least, atMs) => (least === undefined || atMs < least ? atMs : least),
    undefined,
  );
}

/** Asked when it is proposed, and again when the vote passes. */
export function checkVersion(
  state: StateReader,
  { contractName, newVersion }: Pick<Proposed, 'contractName' | 'newVersion'>,
): Result<undefined> {
  if (!isVersioned(contractName)) return fail(codes.CONTRACT_UNKNOWN);
  const inForce = recordOf(state, contractName).active?.version ?? FOUNDING_VERSION;
  return newVersion === inForce + 1n ? ok(undefined) : fail(codes.VERSION_NOT_NEXT);
}

/** The vote passed: two epochs are left to install what the digest names. What was scheduled of this contract before gives way. */
export function schedule(
  state: StateReader,
  { contractName, newVersion, digest }: Proposed,
  { proposal, nowMs }: { readonly proposal: bigint; readonly nowMs: bigint },
): GovernanceEvent {
  const activatesAtMs = nowMs + EPOCHS_AHEAD * readParameter(state, 'epochMs');
  return governanceEvent('ContractVersionScheduled', { contractName, newVersion, digest, proposal, activatesAtMs });
}

/** The block at this height is executed by the version. */
export function activate(
  { name, version, digest, proposal }: DecidedVersion,
  { height, timeMs }: { readonly height: bigint; readonly timeMs: bigint },
): GovernanceEvent {
  const facts = { contractName: name, newVersion: version, digest, proposal, height, atMs: timeMs };
  return governanceEvent('ContractVersionActivated', facts);
}

function recordOf(state: StateReader, name: VersionedName): VersionRecord {
  const contract = BigInt(definitions[name].id);
  const record = readVersions(state).find((other) => other.contract === contract);
  return record ?? { contract, active: null, scheduled: null };
}

export function evolveVersion(
  state: StateWriter,
  event: Extract<GovernanceEvent, { type: 'ContractVersionScheduled' | 'ContractVersionActivated' }>,
): void {
  const { contractName, newVersion: version, digest, proposal } = event;
  assert(isVersioned(contractName), 'an event names a contract that votes change');
  const record = recordOf(state, contractName);
  const others = readVersions(state).filter(({ contract }) => contract !== record.contract);
  const decided = { version, digest, proposal };
  const changed: VersionRecord =
    event.type === 'ContractVersionScheduled'
      ? { ...record, scheduled: { ...decided, activatesAtMs: event.activatesAtMs } }
      : { ...record, active: { ...decided, height: event.height, atMs: event.atMs }, scheduled: null };
  const records = [...others, changed].toSorted((left, right) => Number(left.contract - right.contract));
  state.write(governanceTables.versions, 0n, records);
}
