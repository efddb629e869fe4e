import { keyId } from '#ledger/contracts/shared/key-id.ts';
import { ROLES, type Role } from '#ledger/contracts/shared/roles.ts';
import { assert } from '#ledger/core/assert.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { CommandContext, Decision, StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import {
  KEY_RESOURCES_MAX,
  accountCodes,
  accountEvent,
  accountDefinition,
  type AccountArgs,
  type AccountCommand,
  type AccountEvent,
} from './definition.ts';
import { isPossessed } from './key-possession.ts';
import { ADDRESS_BUCKET_MAX, KEYS_MAX, bucketOf, isEncryptionKey, isLabel } from './key-rules.ts';

export type AccountRecord = {
  address: Uint8Array;
  roles: Role[];
  createdAtMs: bigint;
  profileCommitment: Uint8Array;
  encryptionKey: Uint8Array;
  /** Id that the next authorised key gets. */
  nextKey: bigint;
};
export type KeyRecord = {
  address: Uint8Array;
  label: string;
  methods: string[];
  resources: bigint[];
  spendingCapMicro: bigint;
  spentMicro: bigint;
  expiresAtMs: bigint;
  revoked: boolean;
};
export type AddressEntry = { address: Uint8Array; account: bigint; key: bigint };

export const accountTables = {
  /** id 0: next account id. */
  counters: { contract: accountDefinition.id, table: 0 } as Table<{ nextAccount: bigint }>,
  accounts: { contract: accountDefinition.id, table: 1 } as Table<AccountRecord>,
  /** Authorised keys (never key 0), under account × 2^16 + key. */
  keys: { contract: accountDefinition.id, table: 2 } as Table<KeyRecord>,
  /** Owner addresses and live authorised keys, under the address's first eight bytes. */
  addresses: { contract: accountDefinition.id, table: 3 } as Table<AddressEntry[]>,
  /** Holders per role, under the role's place in ROLES. */
  roleCounts: { contract: accountDefinition.id, table: 4 } as Table<bigint>,
} as const;

/** What the account contract asks of others. */
export interface AccountNeeds<Event> {
  /** True for methods that an authorised key may be given. */
  isDelegable(method: string): boolean;
  /** Owner of a resource, undefined when there is none. */
  resourceOwner(resource: bigint): bigint | undefined;
  /** What the end of a key brings about: its node, where it has one, is no more. */
  keyRevoked(of: { operator: bigint; key: bigint; nowMs: bigint }): Decision<Event>;
  /** Events that give a new account its sum from the treasury; none when the parameter is 0 or the treasury too low. */
  welcomeGrant(account: bigint): readonly Event[];
}

export function decide<Event>(
  state: StateReader,
  command: AccountCommand,
  ctx: CommandContext,
  needs: AccountNeeds<Event>,
): Result<Decision<AccountEvent | Event>> {
  if (command.method === 'CreateAccount') return createAccount(state, command.args, ctx, needs);
  if (ctx.key !== 0n) return fail(accountCodes.OWNER_KEY_REQUIRED);
  switch (command.method) {
    case 'AuthorizeKey':
      return authorizeKey(state, command.args, ctx, needs);
    case 'RevokeKey':
      return revokeKey(state, command.args, ctx, needs);
    case 'SetEncryptionKey': {
      const { encryptionKey } = command.args;
      if (!isEncryptionKey(encryptionKey)) return fail(accountCodes.ENCRYPTION_KEY_INVALID);
      const event = accountEvent('EncryptionKeySet', { account: ctx.account, encryptionKey });
      return ok({ events: [event] });
    }
    case 'UpdateProfile': {
      const { profileCommitment } = command.args;
      const event = accountEvent('ProfileUpdated', { account: ctx.account, profileCommitment });
      return ok({ events: [event] });
    }
  }
}

/** Why no account can be made for a signer. Admission asks it too: a refusal uses nothing up, and the same bytes could fill blocks for ever. */
export function creationFault(
  state: StateReader,
  signer: Uint8Array,
  { encryptionKey }: Pick<AccountArgs<'CreateAccount'>, 'encryptionKey'>,
): 'ADDRESS_TAKEN' | 'ENCRYPTION_KEY_INVALID' | undefined {
  const entries = state.read(accountTables.addresses, bucketOf(signer)) ?? [];
  const isOwner = entries.some((entry) => entry.key === 0n && equal(entry.address, signer));
  if (isOwner || entries.length >= ADDRESS_BUCKET_MAX) return 'ADDRESS_TAKEN';
  return isEncryptionKey(encryptionKey) ? undefined : 'ENCRYPTION_KEY_INVALID';
}

function createAccount<Event>(
  state: StateReader,
  args: AccountArgs<'CreateAccount'>,
  ctx: CommandContext,
  needs: AccountNeeds<Event>,
): Result<Decision<AccountEvent | Event>> {
  const fault = creationFault(state, ctx.signer, args);
  if (fault !== undefined) return fail(accountCodes[fault]);
  const account = nextAccount(state);
  const { profileCommitment, encryptionKey } = args;
  const created = { address: ctx.signer, profileCommitment, encryptionKey, createdAtMs: ctx.nowMs };
  return ok({
    events: [...foundAccount(account, created, ['NRC']), ...needs.welcomeGrant(account)],
    data: { account },
  });
}

/** Events of an account's beginning; genesis uses them for founding accounts, with their roles. */
export function foundAccount(
  account: bigint,
  facts: { address: Uint8Array; profileCommitment: Uint8Array; encryptionKey: Uint8Array; createdAtMs: bigint },
  roles: readonly Role[],
): AccountEvent[] {
  const { address, profileCommitment, encryptionKey, createdAtMs } = facts;
  return [
    accountEvent('AccountCreated', { account, address, profileCommitment, encryptionKey, createdAtMs }),
    ...roles.map((role) => grantRole(account, role, 0n)),
  ];
}

function authorizeKey<Event>(
  state: StateReader,
  args: AccountArgs<'AuthorizeKey'>,
  ctx: CommandContext,
  needs: AccountNeeds<Event>,
): Result<Decision<AccountEvent>> {
  const entries = state.read(accountTables.addresses, bucketOf(args.keyAddress)) ?? [];
  if (entries.some((entry) => equal(entry.address, args.keyAddress))) return fail(accountCodes.ADDRESS_TAKEN);
  if (entries.length >= ADDRESS_BUCKET_MAX) return fail(accountCodes.ADDRESS_TAKEN);
  const key = accountOf(state, ctx.account).nextKey;
  if (key > KEYS_MAX) return fail(accountCodes.KEY_LIMIT_REACHED);
  const named = new Set(args.methods);
  const knows =
    args.methods.length > 0 &&
    named.size === args.methods.length &&
    args.methods.every((name) => needs.isDelegable(name));
  if (!knows) return fail(accountCodes.METHOD_UNKNOWN);
  if (args.expiresAtMs <= ctx.nowMs) return fail(accountCodes.EXPIRY_NOT_IN_FUTURE);
  if (!isLabel(args.label)) return fail(accountCodes.LABEL_INVALID);
  const owns =
    args.resources.length <= KEY_RESOURCES_MAX && args.resources.every((id) => needs.resourceOwner(id) === ctx.account);
  if (!owns) return fail(accountCodes.RESOURCE_NOT_OWN);
  const { keyAddress: address, proof, ...scope } = args;
  if (!isPossessed({ network: ctx.network, account: ctx.account, address }, proof, ctx.crypto))
    return fail(accountCodes.KEY_NOT_PROVED);
  const event = accountEvent('KeyAuthorized', { account: ctx.account, key, address, ...scope });
  return ok({ events: [event], data: { key } });
}

function revokeKey<Event>(
  state: StateReader,
  args: AccountArgs<'RevokeKey'>,
  ctx: CommandContext,
  needs: AccountNeeds<Event>,
): Result<Decision<AccountEvent | Event>> {
  const key = readKey(state, ctx.account, args.revokedKey);
  if (key === undefined) return fail(accountCodes.KEY_UNKNOWN);
  if (key.revoked) return fail(accountCodes.KEY_ALREADY_REVOKED);
  const event = accountEvent('KeyRevoked', { account: ctx.account, key: args.revokedKey, by: ctx.account });
  const { events, cancel = [] } = needs.keyRevoked({ operator: ctx.account, key: args.revokedKey, nowMs: ctx.nowMs });
  return ok({ events: [event, ...events], cancel });
}

export function evolve(state: StateWriter, event: AccountEvent): void {
  switch (event.type) {
    case 'AccountCreated': {
      const { account, address, createdAtMs, profileCommitment, encryptionKey } = event;
      const record = { address, roles: [], createdAtMs, profileCommitment, encryptionKey, nextKey: 1n };
      state.write(accountTables.accounts, account, record);
      state.write(accountTables.counters, 0n, { nextAccount: account + 1n });
      addAddress(state, { address, account, key: 0n });
      return;
    }
    case 'KeyAuthorized': {
      const { account, key, address, label, methods, resources, spendingCapMicro, expiresAtMs } = event;
      const scope = { address, label, methods, resources, spendingCapMicro, expiresAtMs };
      state.write(accountTables.keys, recordId(account, key), { ...scope, spentMicro: 0n, revoked: false });
      state.write(accountTables.accounts, account, { ...accountOf(state, account), nextKey: key + 1n });
      addAddress(state, { address, account, key });
      return;
    }
    case 'KeyRevoked': {
      const key = keyOf(state, event.account, event.key);
      state.write(accountTables.keys, recordId(event.account, event.key), { ...key, revoked: true });
      removeAddress(state, { address: key.address, account: event.account, key: event.key });
      return;
    }
    case 'KeySpent': {
      const key = keyOf(state, event.account, event.key);
      state.write(accountTables.keys, recordId(event.account, event.key), { ...key, spentMicro: event.spentMicro });
      return;
    }
    case 'EncryptionKeySet': {
      const account = accountOf(state, event.account);
      state.write(accountTables.accounts, event.account, { ...account, encryptionKey: event.encryptionKey });
      return;
    }
    case 'ProfileUpdated': {
      const account = accountOf(state, event.account);
      state.write(accountTables.accounts, event.account, { ...account, profileCommitment: event.profileCommitment });
      return;
    }
    case 'RoleGranted': {
      const account = accountOf(state, event.account);
      state.write(accountTables.accounts, event.account, { ...account, roles: [...account.roles, event.role] });
      state.write(accountTables.roleCounts, roleIndex(event.role), countRole(state, event.role) + 1n);
      return;
    }
  }
}

function addAddress(state: StateWriter, entry: AddressEntry): void {
  const id = bucketOf(entry.address);
  state.write(accountTables.addresses, id, [...(state.read(accountTables.addresses, id) ?? []), entry]);
}

function removeAddress(state: StateWriter, gone: AddressEntry): void {
  const id = bucketOf(gone.address);
  const entries = state.read(accountTables.addresses, id) ?? [];
  const left = entries.filter((entry) => entry.account !== gone.account || entry.key !== gone.key);
  if (left.length === 0) state.erase(accountTables.addresses, id);
  else state.write(accountTables.addresses, id, left);
}

export function readAccount(state: StateReader, account: bigint): AccountRecord | undefined {
  return state.read(accountTables.accounts, account);
}

/** Scope of an authorised key; key 0 has none. A number beyond the last possible key names none, and never another account's. */
export function readKey(state: StateReader, account: bigint, key: bigint): KeyRecord | undefined {
  return key === 0n || key > KEYS_MAX ? undefined : state.read(accountTables.keys, recordId(account, key));
}

/** The account an address owns, else the one it is authorised for. */
export function findAddress(state: StateReader, address: Uint8Array): AddressEntry | undefined {
  const entries = (state.read(accountTables.addresses, bucketOf(address)) ?? []).filter((entry) =>
    equal(entry.address, address),
  );
  return entries.find((entry) => entry.key === 0n) ?? entries[0];
}

/** True where this account authorised the address as a key of its own, and did not revoke it. */
export function isAuthorised(state: StateReader, address: Uint8Array, account: bigint): boolean {
  const entries = state.read(accountTables.addresses, bucketOf(address)) ?? [];
  return entries.some((entry) => entry.key !== 0n && entry.account === account && equal(entry.address, address));
}

export function hasRole(state: StateReader, account: bigint, role: Role): boolean {
  return state.read(accountTables.accounts, account)?.roles.includes(role) ?? false;
}

/** Accounts that hold the role now. */
export function countRole(state: StateReader, role: Role): bigint {
  return state.read(accountTables.roleCounts, roleIndex(role)) ?? 0n;
}

export function grantRole(account: bigint, role: Role, proposal: bigint): AccountEvent {
  return accountEvent('RoleGranted', { account, role, proposal });
}

/** Takes a sum from an authorised key's cap: its event, none for the owner key; undefined when the cap does not allow it. */
export function spend(
  state: StateReader,
  by: { account: bigint; key: bigint; amountMicro: bigint },
): AccountEvent[] | undefined {
  if (by.key === 0n || by.amountMicro === 0n) return [];
  const key = keyOf(state, by.account, by.key);
  const spentMicro = key.spentMicro + by.amountMicro;
  if (spentMicro > key.spendingCapMicro) return undefined;
  return [accountEvent('KeySpent', { ...by, spentMicro })];
}

export function nextAccount(state: StateReader): bigint {
  return state.read(accountTables.counters, 0n)?.nextAccount ?? 1n;
}

function accountOf(state: StateReader, account: bigint): AccountRecord {
  const record = state.read(accountTables.accounts, account);
  assert(record !== undefined, 'an event or an admitted command names an existing account');
  return record;
}

function keyOf(state: StateReader, account: bigint, key: bigint): KeyRecord {
  const record = readKey(state, account, key);
  assert(record !== undefined, 'an event or an admitted command names an existing key');
  return record;
}

function recordId(account: bigint, key: bigint): bigint {
  assert(key > 0n && key <= KEYS_MAX, 'an authorised key has a number that was given');
  return keyId(account, key);
}

function roleIndex(role: Role): bigint {
  return BigInt(ROLES.indexOf(role));
}
