import { createStore, set, update, type UseStore } from 'idb-keyval';
import { anchorFromJson, type Anchor } from '#ledger/core/genesis.ts';

const PINNED = 'anchor';
/** An anchor file names at most a hundred validators. */
const ANCHOR_CHARACTERS_MAX = 20_000;

/** An anchor and where it came from; the text is kept so that it can be compared and saved. */
export interface PinnedAnchor {
  anchor: Anchor;
  json: string;
  /** When this browser pinned it; undefined for one that was loaded from a file. */
  pinnedAtMs: number | undefined;
}

interface Stored {
  json: string;
  pinnedAtMs: number;
}

/** Reads the text of an anchor file, that of genesis or a checkpoint; undefined when it is none. */
export function readAnchor(json: string, pinnedAtMs?: number): PinnedAnchor | undefined {
  if (json.length > ANCHOR_CHARACTERS_MAX) return undefined;
  const parsed = anchorFromJson(json);
  return parsed.ok ? { anchor: parsed.value, json, pinnedAtMs } : undefined;
}

let store: UseStore | undefined;
function pins(): UseStore {
  store ??= createStore('interpool-anchor', 'pins');
  return store;
}

/**
 * The anchor that this browser pinned at its first visit; where there is none that can be read, `json` becomes it. One transaction of
 * IndexedDB decides, so that of two tabs at a first visit the later one does not replace what the first has pinned.
 */
export async function pinFirst(json: string): Promise<PinnedAnchor | undefined> {
  let pinned = readAnchor(json, Date.now());
  const decide = (stored: Stored | undefined): Stored | undefined => {
    const first = stored && readAnchor(stored.json, stored.pinnedAtMs);
    pinned = first ?? pinned;
    return pinned && storedOf(pinned);
  };
  await update<Stored | undefined>(PINNED, decide, pins()).catch(withoutStorage);
  return pinned;
}

/** Pins an anchor in place of what was pinned: a person wants it to. */
export async function pinAnew(json: string): Promise<PinnedAnchor | undefined> {
  const pinned = readAnchor(json, Date.now());
  if (pinned) await set(PINNED, storedOf(pinned), pins()).catch(withoutStorage);
  return pinned;
}

function storedOf({ json, pinnedAtMs }: PinnedAnchor): Stored {
  return { json, pinnedAtMs: pinnedAtMs ?? Date.now() };
}

/** Without storage the anchor lasts for this page; the next visit pins again. */
function withoutStorage(): void {}

/** True when both name the same network and the same validators, in any order. */
export function isSameAnchor(left: Anchor, right: Anchor): boolean {
  const text = (bytes: Uint8Array) => bytes.join(',');
  const set = (anchor: Anchor) => anchor.validators.map(text).sort().join(';');
  return text(left.genesisHash) === text(right.genesisHash) && set(left) === set(right);
}
