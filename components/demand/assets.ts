import { createStore, del, entries, get, set, type UseStore } from 'idb-keyval';
import { sha256 } from '#components/ui/sha256.ts';
import { toHex } from '#ledger/core/bytes.ts';

/**
 * Programs and sets of inputs that a person chose in this browser, by the SHA-256 of their bytes, so that they can be taken again without looking for
 * the file. They lie in this browser alone, as they are, until they are deleted here or its data is cleared.
 */

export interface AssetFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Asset {
  /** SHA-256 of its one file, or of the digests of its files one after the other. */
  readonly digest: string;
  readonly kind: 'algorithm' | 'inputs';
  readonly label: string;
  readonly files: readonly AssetFile[];
  readonly keptAtMs: number;
}

/** Files of one set of inputs. */
export const FILES_MAX = 10_000;
const LABEL_LENGTH_MAX = 120;

let store: UseStore | undefined;
function shelf(): UseStore {
  store ??= createStore('interpool-assets', 'files');
  return store;
}

const nameOf = (address: string, digest: string): string => `${address.toLowerCase()} ${digest}`;

/** The digest by which such files are kept and found again. Throws where the browser has no cryptography. */
export async function assetDigest(files: readonly AssetFile[]): Promise<string> {
  const digests: number[] = [];
  for (const { bytes } of files) digests.push(...(await sha256(bytes)));
  return toHex(files.length === 1 ? Uint8Array.from(digests) : await sha256(Uint8Array.from(digests)));
}

/** Keeps files under their digest; the same ones again only take the newer label. Throws when the browser keeps nothing. */
export async function keepAsset(
  address: string,
  { kind, label, files }: Pick<Asset, 'kind' | 'label' | 'files'>,
): Promise<Asset> {
  const digest = await assetDigest(files);
  const asset: Asset = { digest, kind, label: label.slice(0, LABEL_LENGTH_MAX), files, keptAtMs: Date.now() };
  await set(nameOf(address, digest), asset, shelf());
  return asset;
}

/** Undefined when this browser does not have it for this person. */
export function findAsset(address: string, digest: string): Promise<Asset | undefined> {
  return get<Asset>(nameOf(address, digest), shelf());
}

/** Everything that this browser keeps for a person, newest first. */
export async function listAssets(address: string): Promise<Asset[]> {
  const owner = `${address.toLowerCase()} `;
  const all = await entries<string, Asset>(shelf());
  return all
    .filter(([name]) => name.startsWith(owner))
    .map(([, asset]) => asset)
    .toSorted((left, right) => right.keptAtMs - left.keptAtMs);
}

export function dropAsset(address: string, digest: string): Promise<void> {
  return del(nameOf(address, digest), shelf());
}

export function bytesOf({ files }: Pick<Asset, 'files'>): number {
  return files.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
