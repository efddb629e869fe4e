import { anchorFromJson } from '#ledger/core/genesis.ts';
import type { Anchor } from '#ledger/core/genesis.ts';

const PINNED = 'interpool-anchor';
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

/** What this browser pinned at its first visit. */
export function pinnedAnchor(): PinnedAnchor | undefined {
  try {
    const stored = JSON.parse(localStorage.getItem(PINNED) ?? 'null') as Stored | null;
    return stored ? readAnchor(stored.json, stored.pinnedAtMs) : undefined;
  } catch {
    return undefined;
  }
}

/** Pins an anchor for good; the caller has seen that it replaces none, or that a person wants it to. */
export function pinAnchor(json: string): PinnedAnchor | undefined {
  const pinnedAtMs = Date.now();
  const pinned = readAnchor(json, pinnedAtMs);
  if (!pinned) return undefined;
  try {
    localStorage.setItem(PINNED, JSON.stringify({ json, pinnedAtMs } satisfies Stored));
  } catch {
    // Without storage the anchor lasts for this page; it says so by having no date at the next visit.
  }
  return pinned;
}

/** True when both name the same network and the same validators, in any order. */
export function isSameAnchor(left: Anchor, right: Anchor): boolean {
  const text = (bytes: Uint8Array) => bytes.join(',');
  const set = (anchor: Anchor) => anchor.validators.map(text).sort().join(';');
  return text(left.genesisHash) === text(right.genesisHash) && set(left) === set(right);
}
