import { PARAMETERS } from '#ledger/contracts/definitions.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { StateReader } from '#ledger/core/decision.ts';
import { encodeGenesis, type Genesis } from '#ledger/core/genesis.ts';
import { recordKey } from '#ledger/core/record-key.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { get, prove, type Trie } from '#ledger/core/trie.ts';
import { findAddress, readAccount, readKey } from '#ledger/contracts/account/contract.ts';
import { readAgreement, readHistory } from '#ledger/contracts/agreement/record.ts';
import { readParameter, readProposal } from '#ledger/contracts/governance/record.ts';
import { liveNodes, readNode } from '#ledger/contracts/node/record.ts';
import { readDemand } from '#ledger/contracts/demand/record.ts';
import { failedConditions, judgedConditions } from '#ledger/contracts/admission-needs.ts';
import { analysisNeeds } from '#ledger/contracts/needs.ts';
import type { OffersView } from '#ledger/contracts/plan/offers.ts';
import { readPlans, readTask } from '#ledger/contracts/plan/record.ts';
import { together } from '#ledger/contracts/plan/together.ts';
import { whyNot } from '#ledger/contracts/plan/why-not.ts';
import type { Implementations } from '#ledger/contracts/registry.ts';
import { readListing, readResource } from '#ledger/contracts/resource/contract.ts';
import { readBill, readClaim } from '#ledger/contracts/settlement/record.ts';
import type { IntendedUse } from '#ledger/contracts/strategy/admission.ts';
import { currentVersion, readStrategy } from '#ledger/contracts/strategy/contract.ts';
import type { Quantity, Term } from '#ledger/contracts/shared/terms.ts';
import { TREASURY, readBalance, readSupply } from '#ledger/contracts/token/contract.ts';
import { contractsAnswer } from './contract-versions.ts';
import { NO_SENDER, machineTables, windowOf } from './machine-tables.ts';

export const queryCodes = { PATH_UNKNOWN: 1, ARGUMENTS_INVALID: 2, NOT_FOUND: 3 } as const;

export interface QueryContext {
  readonly genesis: Genesis;
  readonly crypto: Crypto;
  readonly trie: Trie;
  /** Time of the last block. */
  readonly nowMs: bigint;
  /** Published offers of the last commit. */
  readonly offers: OffersView;
  /** Versions of contracts that this program can execute. */
  readonly known: Implementations;
}

type Arguments = { readonly [name: string]: CborValue };
type Query = (state: StateReader, args: Arguments, context: QueryContext) => Result<CborValue>;

const invalid = fail(queryCodes.ARGUMENTS_INVALID);
const missing = fail(queryCodes.NOT_FOUND);

/** Path and arguments to value; every one reads committed state only. Ids are bigint, bytes raw. */
const QUERIES: Readonly<Record<string, Query>> = {
  account: (state, { id }) => (isId(id) ? found(accountOf(state, id)) : invalid),
  'account-by-address': (state, { address }) => {
    if (!(address instanceof Uint8Array) || address.length !== 20) return invalid;
    const entry = findAddress(state, address);
    return found(entry && { account: entry.account, key: entry.key });
  },
  key: (state, { account, key }) =>
    isId(account) && isId(key) && key < 65_536n ? found(readKey(state, account, key)) : invalid,
  nonce: (state, { account, key }) => {
    if (!isId(account) || !isId(key)) return invalid;
    const sender = state.read(machineTables.senders, account) ?? NO_SENDER;
    return ok({ next: windowOf(sender, key)?.next ?? 0n });
  },
  balance: (state, { account }) => {
    if (!isId(account)) return invalid;
    const { balanceMicro, heldMicro } = readBalance(state, account);
    return ok({ balanceMicro, heldMicro });
  },
  admission: (state, args, { nowMs }) => admission(state, args, nowMs),
  parameters: (state) => ok(Object.fromEntries(PARAMETERS.map((name) => [name, readParameter(state, name)]))),
  supply: (state) => {
    const { totalMicro, heldMicro } = readSupply(state);
    const treasuryMicro = readBalance(state, TREASURY).balanceMicro;
    return ok({ totalMicro, treasuryMicro, balancesMicro: totalMicro - treasuryMicro - heldMicro, heldMicro });
  },
  resource: (state, { id }) => (isId(id) ? found(resourceOf(state, id)) : invalid),
  strategy: (state, { resource, version }) => {
    return isId(resource) && isId(version) ? found(readStrategy(state, resource, version)) : invalid;
  },
  agreement: (state, { id }) => (isId(id) ? found(agreementOf(state, id)) : invalid),
  demand: (state, { id }) => (isId(id) ? found(demandOf(state, id)) : invalid),
  'demand/why-not': (state, args, context) => whyNotOf(state, args, context),
  contracts: (state, _args, { known, crypto }) => ok(contractsAnswer(state, known, crypto)),
  proposal: (state, { id }) => (isId(id) ? found(readProposal(state, id)) : invalid),
  nodes: (state) => ok(liveNodes(state).map(([id, record]) => ({ id, ...record }))),
  node: (state, { id }) => (isId(id) ? found(nodeOf(state, id)) : invalid),
  genesis: (_state, _args, { genesis }) => ok(encodeGenesis(genesis)),
  record: (_state, args, context) => record(args, context),
};

/** PATH_UNKNOWN, ARGUMENTS_INVALID, NOT_FOUND, or the value. */
export function answerQuery(
  state: StateReader,
  context: QueryContext,
  path: string,
  args: CborValue,
): Result<CborValue> {
  const query = Object.hasOwn(QUERIES, path) ? QUERIES[path] : undefined;
  if (query === undefined) return fail(queryCodes.PATH_UNKNOWN);
  if (typeof args !== 'object' || args === null || args instanceof Uint8Array || Array.isArray(args)) return invalid;
  return query(state, args as Arguments, context);
}

function isId(value: CborValue | undefined): value is bigint {
  return typeof value === 'bigint' && value >= 0n && value < 1n << 48n;
}

function found(value: CborValue | undefined): Result<CborValue> {
  return value === undefined ? missing : ok(value);
}

function accountOf(state: StateReader, id: bigint): CborValue | undefined {
  const account = readAccount(state, id);
  return account && { id, ...account, history: readHistory(state, id) };
}

function resourceOf(state: StateReader, id: bigint): CborValue | undefined {
  const record = readResource(state, id);
  const listing = readListing(state, id);
  return record && listing && { id, ...record, ...listing, strategyVersion: currentVersion(state, id) };
}

function agreementOf(state: StateReader, id: bigint): CborValue | undefined {
  const agreement = readAgreement(state, id);
  return agreement && { id, ...agreement, claim: readClaim(state, id), bill: readBill(state, id) ?? null };
}

function demandOf(state: StateReader, id: bigint): CborValue | undefined {
  const demand = readDemand(state, id);
  return demand && { id, ...demand, ...readPlans(state, id), task: readTask(state, id) ?? null };
}

/** Why offers do not meet a demand, a page at a time after a resource, and what of it would have to be another. */
function whyNotOf(state: StateReader, { demand: id, after = 0n }: Arguments, context: QueryContext): Result<CborValue> {
  if (!isId(id) || !isId(after)) return invalid;
  const demand = readDemand(state, id);
  if (demand?.status !== 'open') return missing;
  const { nowMs, offers } = context;
  const needs = analysisNeeds(state, nowMs, offers);
  const answer = whyNot({ demand, nowMs, after }, needs);
  const isAlone = answer.passing > 0n && after === 0n;
  const both = isAlone ? together({ demand, nowMs }, needs) : { budgetMicro: 0n, durationMs: 0n };
  return ok({ ...answer, together: both });
}

function nodeOf(state: StateReader, id: bigint): CborValue | undefined {
  const node = readNode(state, id);
  return node && { id, ...node };
}

/** 'Would I be admitted?' by the rules that Apply runs, at the time of the last block, and of each condition by itself what would meet it. */
function admission(state: StateReader, args: Arguments, nowMs: bigint): Result<CborValue> {
  const { account, resource } = args;
  const use = readUse(args.use);
  if (!isId(account) || !isId(resource) || use === undefined) return invalid;
  if (readAccount(state, account) === undefined || readResource(state, resource) === undefined) return missing;
  const question = { account, resource, use, nowMs };
  const failed = failedConditions(state, question);
  return ok({ admitted: failed.length === 0, failed, judged: judgedConditions(state, question) });
}

function readUse(value: CborValue | undefined): IntendedUse | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { purpose, field, durationMs, choices, amounts } = value as Record<string, CborValue | undefined>;
  if (typeof purpose !== 'string' || typeof field !== 'string' || !isId(durationMs)) return undefined;
  return isListOf<Term>(choices, isTerm) && isListOf<Quantity>(amounts, isQuantity)
    ? { purpose, field, durationMs, choices, amounts }
    : undefined;
}

const LIST_MAX = 32;

function isListOf<Item>(
  value: CborValue | undefined,
  isItem: (item: Record<string, CborValue | undefined>) => boolean,
): value is CborValue & Item[] {
  if (!Array.isArray(value) || value.length > LIST_MAX) return false;
  return (value as CborValue[]).every(
    (item) => typeof item === 'object' && item !== null && isItem(item as Record<string, CborValue | undefined>),
  );
}

function isTerm(item: Partial<Record<keyof Term, CborValue>>): boolean {
  return typeof item.name === 'string' && typeof item.value === 'string';
}

function isQuantity(item: Partial<Record<keyof Quantity, CborValue>>): boolean {
  return typeof item.meter === 'string' && typeof item.amount === 'bigint' && item.amount >= 0n;
}

/** A record with the proof under the state root of the last commit; a missing record comes with a proof of its absence. */
function record(args: Arguments, { trie, crypto }: QueryContext): Result<CborValue> {
  const { contract, table, id } = args;
  const isByte = (value: CborValue | undefined): value is bigint =>
    typeof value === 'bigint' && value >= 0n && value < 256n;
  if (!isByte(contract) || !isByte(table) || typeof id !== 'bigint' || id < 0n || id >= 1n << 64n) return invalid;
  const key = recordKey(Number(contract), Number(table), id);
  const { leaf, steps } = prove(trie, key, crypto);
  const proof = {
    leaf: leaf === undefined ? null : { ...leaf },
    steps: steps.map(({ bit, sibling }) => ({ bit: BigInt(bit), sibling })),
  };
  return ok({ value: get(trie, key) ?? null, proof });
}
