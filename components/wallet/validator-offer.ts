import { fromHex } from '#ledger/core/bytes.ts';

/** What the key command of a ledger node printed: its public key, for whom it is offered, and the key's proof of that. */
export interface ValidatorOffer {
  publicKey: Uint8Array;
  operator: bigint;
  proof: Uint8Array;
}

const KEY_BYTES = 33;
const PROOF_BYTES = 64;

function bytesOf(value: unknown, length: number): Uint8Array | undefined {
  const bytes = typeof value === 'string' ? fromHex(value.trim()) : undefined;
  return bytes?.length === length ? bytes : undefined;
}

/** Reads the JSON line of `validator-key.ts`; undefined when a part is missing or malformed. Whether the proof holds, the ledger decides. */
export function readOffer(text: string): ValidatorOffer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { publicKey, operator, proof } = value as Record<string, unknown>;
  const account = typeof operator === 'string' ? /^(?:A-)?([1-9]\d{0,13})$/i.exec(operator.trim())?.[1] : undefined;
  const [key, signature] = [bytesOf(publicKey, KEY_BYTES), bytesOf(proof, PROOF_BYTES)];
  if (account === undefined || key === undefined || signature === undefined) return undefined;
  return { publicKey: key, operator: BigInt(account), proof: signature };
}
