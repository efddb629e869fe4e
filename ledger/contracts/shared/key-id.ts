/** Low bits of an id that names a key of an account; the account stands above them. */
export const KEY_BITS = 16n;

/** An account's authorised key as one number: what contracts keep of it stands under that. */
export function keyId(account: bigint, key: bigint): bigint {
  return (account << KEY_BITS) | key;
}
