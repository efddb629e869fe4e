/** No page, action or endpoint takes a larger body, and none reads one as it comes: whoever does first declares its own bound beside this. */
export const BODY_BYTES_MAX = 64 * 1_024;
/** The one body that is larger: a ciphertext of a program with its inputs (ledger/contracts/demand, PAYLOAD_BYTES_MAX), and some room. */
export const PAYLOAD_BODY_BYTES_MAX = 8 * 1_024 * 1_024 + 64;
/** What is said of a larger one. */
export const PAYLOAD_TOO_LARGE =
  'The program with its inputs is too large; nothing was stored and no money moved. Send at most 8 MiB.';
/** Values of ours are lists of records in a record; nothing that is meant is nested deeper. */
const DEPTH_MAX = 16;

/** PostgreSQL holds neither U+0000 nor half of a surrogate pair: such a text can be no name and match none. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Whether every text in a value that was read from JSON is storable, and it is nested no deeper than anything that is meant. */
export function isStorableWithin(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= DEPTH_MAX) return false;
  return Object.entries(value).every(([name, inner]) => isStorable(name) && isStorableWithin(inner, depth + 1));
}
