import { LABEL_MAX } from '#ledger/contracts/account/definition.ts';

/** A key that its holder offers to an account: what a program prints at its first start. */
export interface KeyOffer {
  /** 40 hex digits, with 0x. */
  readonly address: string;
  /** Hex, 65 bytes: the key's own signature, which counts for one account of one network. */
  readonly proof: string;
  readonly label: string;
}

export const KEY_OFFER_LENGTH_MAX = 42 + 1 + 130 + 1 + 3 * 4 * LABEL_MAX;
const SHAPE = /^(0x[0-9a-fA-F]{40})\.([0-9a-f]{130})\.([^.\s]{1,800})$/;

/** `address.proof.label` with the label percent-encoded; undefined for every other text. */
export function parseKeyOffer(text: string): KeyOffer | undefined {
  const [, address, proof, encoded] = SHAPE.exec(text.trim()) ?? [];
  if (address === undefined || proof === undefined || encoded === undefined) return undefined;
  try {
    const label = decodeURIComponent(encoded);
    return label.length <= LABEL_MAX && !/\p{Cc}/u.test(label) ? { address, proof, label } : undefined;
  } catch {
    return undefined;
  }
}
