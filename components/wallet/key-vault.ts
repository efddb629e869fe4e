import { createStore, del, get, set, update, type UseStore } from 'idb-keyval';
import { getAddress, type Address, type Hex } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { keyFault } from './key-fault.ts';

/**
 * Secret keys of the people who use this browser, in IndexedDB, each encrypted by a device key that scripts can use but never read
 * (AES-GCM, not extractable). A copy of the disk is not enough to sign; code running on this origin is, which is why no page loads
 * any script from elsewhere. Nothing here is ever sent anywhere.
 *
 * Several tabs share it. Whatever depends on what stands there is read and written in one transaction of IndexedDB (`update`), which
 * runs alone: between a `get` and a `set` another tab may have kept a key, and it would be gone.
 */

const DEVICE_KEY = 'device-key';
const PEOPLE = 'people';
const CURRENT = 'current';
/** More people than this in one browser is a mistake, not a use. */
export const PEOPLE_MAX = 32;
const NAME_LENGTH_MAX = 80;
const IV_LENGTH = 12;

export interface Person {
  address: Address;
  /** What this browser calls them; no part of the account. */
  name: string;
  addedAtMs: number;
}

interface StoredPerson extends Person {
  iv: Uint8Array<ArrayBuffer>;
  ciphertext: ArrayBuffer;
}

let store: UseStore | undefined;
function vault(): UseStore {
  store ??= createStore('interpool-wallet', 'keys');
  return store;
}

async function deviceKey(): Promise<CryptoKey> {
  const known = await get<CryptoKey>(DEVICE_KEY, vault());
  if (known) return known;
  let kept = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  // Another tab may have made one meanwhile, and keys may already be encrypted by it: the first one stays.
  await update<CryptoKey>(DEVICE_KEY, (first) => (kept = first ?? kept), vault());
  return kept;
}

async function storedPeople(): Promise<StoredPerson[]> {
  return (await get<StoredPerson[]>(PEOPLE, vault())) ?? [];
}

/** The address is bound to its ciphertext: entries cannot be swapped. */
function boundTo(address: Address): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`interpool/vault/v1 ${address}`);
}

/** Everyone whose key this browser keeps, longest kept first. */
export async function listPeople(): Promise<Person[]> {
  return (await storedPeople()).map(({ address, name, addedAtMs }) => ({ address, name, addedAtMs }));
}

export async function findPerson(address: string): Promise<Person | undefined> {
  return (await listPeople()).find((person) => person.address.toLowerCase() === address.toLowerCase());
}

/** Who signs next when nobody is named. */
export async function currentPerson(): Promise<Person | undefined> {
  const address = await get<Address>(CURRENT, vault());
  return address ? findPerson(address) : undefined;
}

export async function makeCurrent(address: string | undefined): Promise<void> {
  if (address === undefined) await del(CURRENT, vault());
  else await set(CURRENT, getAddress(address), vault());
}

export type KeepResult = { ok: true; person: Person } | { ok: false; sentence: string };

/** Keeps a secret key under a name; the same key again only changes the name. */
export async function keepKey(secretKey: Hex, name: string): Promise<KeepResult> {
  let address: Address;
  try {
    address = privateKeyToAddress(secretKey);
  } catch {
    return {
      ok: false,
      sentence: 'This is not a secret key: it must be 64 hexadecimal digits of a number below the order of secp256k1.',
    };
  }
  const person: Person = { address, name: name.trim().slice(0, NAME_LENGTH_MAX) || 'Unnamed', addedAtMs: Date.now() };
  try {
    if (await addPerson(await encrypted(person, secretKey))) return { ok: true, person };
  } catch (error) {
    return { ok: false, sentence: keyFault(error, 'The key could not be kept in this browser.') };
  }
  return { ok: false, sentence: `This browser already keeps ${PEOPLE_MAX} keys: export and remove one first.` };
}

async function encrypted(person: Person, secretKey: Hex): Promise<StoredPerson> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH));
  const ciphertext = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: boundTo(person.address) },
    await deviceKey(),
    new TextEncoder().encode(secretKey),
  );
  return { ...person, iv, ciphertext };
}

/** Adds a person, or replaces the same one, who stays as long kept as before; false when there is no room. */
async function addPerson(person: StoredPerson): Promise<boolean> {
  let hasRoom = true;
  await update<StoredPerson[]>(
    PEOPLE,
    (people = []) => {
      const others = people.filter(({ address }) => address !== person.address);
      hasRoom = others.length < PEOPLE_MAX;
      const known = people.find(({ address }) => address === person.address);
      return hasRoom ? [...others, { ...person, addedAtMs: known?.addedAtMs ?? person.addedAtMs }] : people;
    },
    vault(),
  );
  return hasRoom;
}

/** Forgets a key on this device. Without an export it is gone for good. */
export async function forgetKey(address: string): Promise<void> {
  const isOther = (other: string): boolean => other.toLowerCase() !== address.toLowerCase();
  await update<StoredPerson[]>(PEOPLE, (people = []) => people.filter((person) => isOther(person.address)), vault());
  await update<Address | undefined>(
    CURRENT,
    (current) => (current === undefined || isOther(current) ? current : undefined),
    vault(),
  );
}

/** Hands the secret key to `work` for one call; undefined when this browser does not keep it. */
export async function withSecretKey<Value>(
  address: string,
  work: (secretKey: Hex) => Promise<Value>,
): Promise<Value | undefined> {
  const person = (await storedPeople()).find((candidate) => candidate.address.toLowerCase() === address.toLowerCase());
  if (!person) return undefined;
  const plain = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: person.iv, additionalData: boundTo(person.address) },
    await deviceKey(),
    person.ciphertext,
  );
  return work(new TextDecoder().decode(plain) as Hex);
}

/** Encrypts a few bytes so that only this browser's device key opens them; hex of iv ‖ ciphertext, bound to its name. */
export async function sealOnDevice(secret: Uint8Array, name: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH));
  const additionalData = new TextEncoder().encode(name);
  const ciphertext = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData },
    await deviceKey(),
    new Uint8Array(secret),
  );
  return toHex(iv) + toHex(new Uint8Array(ciphertext));
}

/** Undefined when this device did not seal it under that name. */
export async function openOnDevice(sealed: string, name: string): Promise<Uint8Array | undefined> {
  const bytes = fromHex(sealed);
  if (!bytes || bytes.length <= IV_LENGTH) return undefined;
  try {
    const additionalData = new TextEncoder().encode(name);
    const iv = new Uint8Array(bytes.subarray(0, IV_LENGTH));
    const ciphertext = new Uint8Array(bytes.subarray(IV_LENGTH));
    return new Uint8Array(
      await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, await deviceKey(), ciphertext),
    );
  } catch {
    return undefined;
  }
}
