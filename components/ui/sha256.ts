import { toHex } from '#ledger/core/bytes.ts';

/** SHA-256 by the browser. Throws where it has no cryptography, as on a page over plain http that is not of this machine. */
export async function sha256(bytes: BufferSource): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** The same in hex, as gateways and the ledger's pages name things. */
export async function sha256Hex(bytes: BufferSource): Promise<string> {
  return toHex(await sha256(bytes));
}
