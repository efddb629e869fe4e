import { compare, concat, utf8 } from './bytes.ts';
import { HEAD_BYTES_MAX, MAJOR, writeHead } from './cbor.ts';

/** A key as it stands in a map's bytes, the head in front, and its place among the keys of the object. */
interface EncodedKey {
  readonly encoded: Uint8Array;
  readonly place: number;
}

/** The keys of a map in the order of their bytes (RFC 8949 §4.2.1). */
type KeyLayout = readonly EncodedKey[];

interface Known {
  /** As the object names them. */
  readonly keys: readonly string[];
  readonly layout: KeyLayout;
}

const NO_KEYS: KeyLayout = [];

/** Records and events have a few hundred sets of fields between them; what else comes must not grow this. */
const LAYOUTS_MAX = 2_048;
/** Larger maps are no records. */
const KEYS_MAX = 64;
const KEY_LENGTH_MAX = 64;

/** Sorts and encodes the keys of a map once for each set of fields, and not for each record. */
export class KeyLayouts {
  /** By the last key, in which sets of fields that begin alike differ. */
  #known = new Map<string, Known[]>();
  #count = 0;

  /** `keys` as `Object.keys` gives them. */
  of(keys: readonly string[]): KeyLayout {
    const last = keys[keys.length - 1];
    if (last === undefined) return NO_KEYS;
    for (const known of this.#known.get(last) ?? []) if (areSame(known.keys, keys)) return known.layout;
    const layout = layoutOf(keys);
    if (keys.length <= KEYS_MAX && keys.every((key) => key.length <= KEY_LENGTH_MAX))
      this.#keep(last, { keys, layout });
    return layout;
  }

  #keep(last: string, known: Known): void {
    if (this.#count >= LAYOUTS_MAX) {
      this.#known = new Map();
      this.#count = 0;
    }
    this.#known.set(last, [...(this.#known.get(last) ?? []), known]);
    this.#count += 1;
  }
}

function areSame(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at += 1) if (left[at] !== right[at]) return false;
  return true;
}

/** A shorter key first, because its length stands in front. */
function layoutOf(keys: readonly string[]): KeyLayout {
  return keys
    .map((key, place) => ({ encoded: encodedText(key), place }))
    .sort((left, right) => compare(left.encoded, right.encoded));
}

function encodedText(text: string): Uint8Array {
  const letters = utf8(text);
  const head = new Uint8Array(HEAD_BYTES_MAX);
  return concat(head.subarray(0, writeHead(head, 0, MAJOR.text, letters.length)), letters);
}
