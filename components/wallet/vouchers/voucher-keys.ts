import { createStore, get, set, update, type UseStore } from 'idb-keyval';
import { privateKeyToAddress } from 'viem/accounts';
import type { SignedVoucher } from '#agent/voucher-signer/offer.ts';
import type { SpendingRule } from '#agent/voucher-signer/rule.ts';
import { keepNewest } from '#components/ui/newest.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { keyFault } from '#components/wallet/key-fault.ts';
import { openOnDevice, sealOnDevice } from '#components/wallet/key-vault.ts';

/**
 * Keys of this browser that sign vouchers, by their address: one for each order or plan that is paid so, with the rule that its customer
 * agreed to and the newest voucher that it signed for each agreement of it. A key is encrypted by the device key. Who stole it could pay the
 * providers of these agreements, up to what is held.
 */

/** The oldest goes when there are more: each belongs to one order or plan, and those are over in a month. */
const KEYS_MAX = 200;
const SECRET_BYTES = 32;
const ADDRESS_BYTES = 20;

interface KeptVoucherKey {
  readonly sealed: string;
  readonly perMinuteMicro: string;
  readonly inAllMicro: string;
  /** The newest of each agreement. */
  readonly lasts: readonly SignedVoucher[];
  readonly keptAtMs: number;
}

/** As browsers have it from before there were parts: the newest of the one agreement. */
type Stored = KeptVoucherKey | (Omit<KeptVoucherKey, 'lasts'> & { readonly last: SignedVoucher | null });

function lastsOf(stored: Stored): readonly SignedVoucher[] {
  if ('lasts' in stored) return stored.lasts;
  return stored.last === null ? [] : [stored.last];
}

let store: UseStore | undefined;
function vault(): UseStore {
  store ??= createStore('interpool-vouchers', 'keys');
  return store;
}

const nameOf = (voucherKey: string): string => `voucher key ${voucherKey}`;

/** Makes a key for one order or plan and keeps it with the rule; its address, 20 bytes. Throws when the browser keeps nothing: then nothing may be signed for it. */
async function makeVoucherKey(rule: SpendingRule): Promise<Uint8Array> {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const voucherKey = privateKeyToAddress(`0x${toHex(secret)}`)
    .slice(2)
    .toLowerCase();
  const kept: KeptVoucherKey = {
    sealed: await sealOnDevice(secret, nameOf(voucherKey)),
    perMinuteMicro: rule.perMinuteMicro.toString(),
    inAllMicro: rule.inAllMicro.toString(),
    lasts: [],
    keptAtMs: Date.now(),
  };
  await set(voucherKey, kept, vault());
  await keepNewest(vault(), KEYS_MAX);
  return fromHex(voucherKey) ?? new Uint8Array(ADDRESS_BYTES);
}

/** The same; undefined where this browser keeps none, and the reason is said. */
export async function keptVoucherKey(
  rule: SpendingRule,
  say: (sentence: string) => void,
): Promise<Uint8Array | undefined> {
  try {
    return await makeVoucherKey(rule);
  } catch (error) {
    say(keyFault(error, 'This browser could not keep the key that would sign the vouchers.'));
    return undefined;
  }
}

export interface VoucherKey {
  readonly secretKey: Uint8Array;
  readonly rule: SpendingRule;
  /** The newest that this browser signed for each agreement, perhaps without reaching its gateway. */
  readonly lasts: readonly SignedVoucher[];
}

/** Undefined when this browser does not have the key of that address (hex). */
export async function findVoucherKey(voucherKey: string): Promise<VoucherKey | undefined> {
  const kept = await get<Stored>(voucherKey, vault());
  if (kept === undefined) return undefined;
  const { sealed, perMinuteMicro, inAllMicro } = kept;
  const secretKey = await openOnDevice(sealed, nameOf(voucherKey));
  const rule = { perMinuteMicro: BigInt(perMinuteMicro), inAllMicro: BigInt(inAllMicro) };
  return secretKey && { secretKey, rule, lasts: lastsOf(kept) };
}

/** Newest vouchers with another newest one of its agreement. Pure. */
export function withNewest(lasts: readonly SignedVoucher[], signed: SignedVoucher): SignedVoucher[] {
  return [...lasts.filter((last) => last.agreement !== signed.agreement), signed];
}

/** Keeps what was signed, before it leaves. Throws when the browser does not: then it must not leave. */
export async function keepSigned(voucherKey: string, signed: SignedVoucher): Promise<void> {
  let isThere = false;
  await update<Stored | undefined>(
    voucherKey,
    (kept) => {
      isThere = kept !== undefined;
      if (kept === undefined) return undefined;
      const { sealed, perMinuteMicro, inAllMicro, keptAtMs } = kept;
      return { sealed, perMinuteMicro, inAllMicro, keptAtMs, lasts: withNewest(lastsOf(kept), signed) };
    },
    vault(),
  );
  if (!isThere) throw new Error('This browser no longer has the key that signs the order’s vouchers.');
}
