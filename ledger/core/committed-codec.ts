import { listOf, type CborValue } from './codec.ts';
import {
  ENGINES,
  VALIDATOR_STATES,
  type CommittedBlock,
  type EngineFigures,
  type EngineStatus,
  type ExecutedItem,
  type LedgerEvent,
  type TransactionOutcome,
  type ValidatorStatus,
} from './committed.ts';

/** Each `…FromCbor` answers undefined for a value of another shape. */
type Fields = { readonly [key: string]: CborValue };

/** Rounds, indexes and codes travel as integers below 2^31. */
const SMALL_MAX = 0x7fffffffn;

function fieldsOf(value: CborValue | undefined): Fields | undefined {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
  return isMap ? (value as Fields) : undefined;
}

function small(value: CborValue | undefined): number | undefined {
  return typeof value === 'bigint' && value >= 0n && value <= SMALL_MAX ? Number(value) : undefined;
}

function bytesOf(value: CborValue | undefined): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}

function eventToCbor(event: LedgerEvent): CborValue {
  return [BigInt(event.phase), BigInt(event.index), BigInt(event.sequence), event.payload];
}

function eventFromCbor(value: CborValue): LedgerEvent | undefined {
  if (!Array.isArray(value) || value.length !== 4) return undefined;
  const [first, second, third, fourth] = value as readonly CborValue[];
  const phase = small(first);
  const index = small(second);
  const sequence = small(third);
  const payload = fieldsOf(fourth);
  if ((phase !== 0 && phase !== 1) || index === undefined || sequence === undefined || payload === undefined)
    return undefined;
  return { phase, index, sequence, payload };
}

export function itemToCbor(item: ExecutedItem): CborValue {
  const fields: Record<string, CborValue> = {
    code: BigInt(item.code),
    data: item.data,
    events: item.events.map(eventToCbor),
    logIndex: item.logIndex,
  };
  if (item.txId !== undefined) fields.txId = item.txId;
  if (item.bytes !== undefined) fields.bytes = item.bytes;
  return fields;
}

export function itemFromCbor(value: CborValue): ExecutedItem | undefined {
  const fields = fieldsOf(value);
  const code = small(fields?.code);
  const events = listOf(fields?.events, eventFromCbor);
  const data = fields?.data;
  const logIndex = fields?.logIndex;
  if (fields === undefined || code === undefined || events === undefined || data === undefined) return undefined;
  if (typeof logIndex !== 'bigint') return undefined;
  const txId = bytesOf(fields.txId);
  const bytes = bytesOf(fields.bytes);
  return { code, data, events, logIndex, ...(txId && { txId }), ...(bytes && { bytes }) };
}

export function blockToCbor(block: CommittedBlock): CborValue {
  return {
    height: block.height,
    hash: block.hash,
    timeMs: block.timeMs,
    proposer: block.proposer,
    lastRound: BigInt(block.lastRound),
    appHash: block.appHash,
    signers: block.signers.map((signer) => [signer.address, signer.signed]),
    evidence: BigInt(block.evidence),
    items: block.items.map(itemToCbor),
  };
}

function signerFromCbor(value: CborValue): { address: Uint8Array; signed: boolean } | undefined {
  if (!Array.isArray(value)) return undefined;
  const [address, signed] = value as readonly CborValue[];
  return address instanceof Uint8Array && typeof signed === 'boolean' ? { address, signed } : undefined;
}

export function blockFromCbor(value: CborValue): CommittedBlock | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  const { height, timeMs } = fields;
  const hash = bytesOf(fields.hash);
  const proposer = bytesOf(fields.proposer);
  const appHash = bytesOf(fields.appHash);
  const lastRound = small(fields.lastRound);
  const evidence = small(fields.evidence);
  const signers = listOf(fields.signers, signerFromCbor);
  const items = listOf(fields.items, itemFromCbor);
  if (typeof height !== 'bigint' || typeof timeMs !== 'bigint' || hash === undefined || proposer === undefined)
    return undefined;
  if (appHash === undefined || lastRound === undefined || evidence === undefined) return undefined;
  if (signers === undefined || items === undefined) return undefined;
  return { height, hash, timeMs, proposer, lastRound, appHash, signers, evidence, items };
}

export function outcomeToCbor(outcome: TransactionOutcome): CborValue {
  return { txId: outcome.txId, height: outcome.height, code: BigInt(outcome.code), data: outcome.data };
}

export function outcomeFromCbor(value: CborValue): TransactionOutcome | undefined {
  const fields = fieldsOf(value);
  const txId = bytesOf(fields?.txId);
  const height = fields?.height;
  const code = small(fields?.code);
  const data = fields?.data;
  if (txId === undefined || typeof height !== 'bigint' || code === undefined || data === undefined) return undefined;
  return { txId, height, code, data };
}

function validatorStatusToCbor(status: ValidatorStatus): CborValue {
  const fields: Record<string, CborValue> = {
    address: status.address,
    publicKey: status.publicKey,
    state: status.state,
    height: status.height,
    round: BigInt(status.round),
  };
  if (status.reason !== undefined) fields.reason = status.reason;
  if (status.isMember !== undefined) fields.isMember = status.isMember;
  return fields;
}

function validatorStatusFromCbor(value: CborValue): ValidatorStatus | undefined {
  const fields = fieldsOf(value);
  const address = bytesOf(fields?.address);
  const publicKey = bytesOf(fields?.publicKey);
  const state = VALIDATOR_STATES.find((name) => name === fields?.state);
  const height = fields?.height;
  const round = small(fields?.round);
  const reason = fields?.reason;
  if (address === undefined || publicKey === undefined || state === undefined || round === undefined) return undefined;
  if (typeof height !== 'bigint' || (reason !== undefined && typeof reason !== 'string')) return undefined;
  if (fields?.isMember !== undefined && fields.isMember !== false) return undefined;
  return {
    address,
    publicKey,
    state,
    height,
    round,
    ...(reason !== undefined && { reason }),
    ...(fields?.isMember === false && { isMember: false }),
  };
}

export function engineStatusToCbor(status: EngineStatus): CborValue {
  return { ...status, validators: status.validators.map(validatorStatusToCbor), troubles: [...status.troubles] };
}

export function engineStatusFromCbor(value: CborValue): EngineStatus | undefined {
  const fields = fieldsOf(value);
  const engine = ENGINES.find((name) => name === fields?.engine);
  const network = bytesOf(fields?.network);
  const validators = listOf(fields?.validators, validatorStatusFromCbor);
  if (fields === undefined || engine === undefined || network === undefined || validators === undefined)
    return undefined;
  const { height, firstHeight } = fields;
  const troubles = listOf(fields.troubles, (each) => (typeof each === 'string' ? each : undefined));
  if (typeof height !== 'bigint' || typeof firstHeight !== 'bigint' || troubles === undefined) return undefined;
  return { engine, height, firstHeight, network, validators, troubles };
}

const countToCbor = (count: number | null): CborValue => (count === null ? null : BigInt(count));

/** A count of this machine: whole, and far below what a number holds exactly. */
function countFromCbor(value: CborValue | undefined): number | null | undefined {
  if (value === null) return null;
  return typeof value === 'bigint' && value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : undefined;
}

export function engineFiguresToCbor(figures: EngineFigures): CborValue {
  return {
    waiting: countToCbor(figures.waiting),
    dueItems: countToCbor(figures.dueItems),
    dueBacklog: countToCbor(figures.dueBacklog),
    stateRecords: countToCbor(figures.stateRecords),
    journals: figures.journals.map(({ name, bytes }) => [name, BigInt(bytes)]),
  };
}

function journalFromCbor(value: CborValue): { name: string; bytes: number } | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [name, second] = value as readonly CborValue[];
  const bytes = countFromCbor(second);
  return typeof name !== 'string' || typeof bytes !== 'number' ? undefined : { name, bytes };
}

export function engineFiguresFromCbor(value: CborValue): EngineFigures | undefined {
  const fields = fieldsOf(value);
  const waiting = countFromCbor(fields?.waiting);
  const dueItems = countFromCbor(fields?.dueItems);
  const dueBacklog = countFromCbor(fields?.dueBacklog);
  const stateRecords = countFromCbor(fields?.stateRecords);
  const journals = listOf(fields?.journals, journalFromCbor);
  if (waiting === undefined || dueItems === undefined || dueBacklog === undefined) return undefined;
  if (stateRecords === undefined || journals === undefined) return undefined;
  return { waiting, dueItems, dueBacklog, stateRecords, journals };
}
