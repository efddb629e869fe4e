/** Nonces that stay open behind and ahead of the highest one used: RFC 6479's sliding window, in a ring of bits. */
export const NONCE_WINDOW = 1_024n;
const WINDOW_BYTES = 128;

/** `next` is one above the highest nonce used; `used` holds a bit for each of the last 1,024 nonces, at nonce mod 1,024. */
export type NonceWindow = { next: bigint; used: Uint8Array };

export const NEW_WINDOW: NonceWindow = { next: 0n, used: new Uint8Array(WINDOW_BYTES) };

export type NonceVerdict = 'fresh' | 'used' | 'too-far';

/** Below the window counts as used: nobody can tell any more. */
export function checkNonce(window: NonceWindow, nonce: bigint): NonceVerdict {
  if (nonce >= window.next + NONCE_WINDOW) return 'too-far';
  if (nonce >= window.next) return 'fresh';
  if (nonce + NONCE_WINDOW < window.next) return 'used';
  return hasBit(window.used, nonce) ? 'used' : 'fresh';
}

/** The window after a fresh nonce; the given one stays as it is. */
export function useNonce(window: NonceWindow, nonce: bigint): NonceWindow {
  const used = window.used.slice();
  let next = window.next;
  // At most 1,024 steps: a fresh nonce is at most that far ahead. What the ring held there left the window.
  for (; next <= nonce; next += 1n) clearBit(used, next);
  setBit(used, nonce);
  return { next, used };
}

function place(nonce: bigint): number {
  return Number(nonce & (NONCE_WINDOW - 1n));
}

function hasBit(bits: Uint8Array, nonce: bigint): boolean {
  const at = place(nonce);
  return ((bits[at >> 3]! >> (at & 7)) & 1) === 1;
}

function setBit(bits: Uint8Array, nonce: bigint): void {
  const at = place(nonce);
  bits[at >> 3]! |= 1 << (at & 7);
}

function clearBit(bits: Uint8Array, nonce: bigint): void {
  const at = place(nonce);
  bits[at >> 3]! &= ~(1 << (at & 7));
}
