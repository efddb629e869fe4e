import { concat, utf8 } from './bytes.ts';
import type { Crypto } from './crypto.ts';

/** Domain tags: ASCII, `interpool/<what>/v1`; no tag is a prefix of another. */
export type HashTag = `interpool/${string}/v${number}`;

const tagBytes = new Map<HashTag, Uint8Array>();

/** SHA-256(tag ‖ parts…). The parts are of fixed length, or one self-delimiting part comes last. */
export function taggedHash(crypto: Pick<Crypto, 'sha256'>, tag: HashTag, ...parts: readonly Uint8Array[]): Uint8Array {
  let prefix = tagBytes.get(tag);
  if (prefix === undefined) {
    prefix = utf8(tag);
    tagBytes.set(tag, prefix);
  }
  return crypto.sha256(concat(prefix, ...parts));
}
