import { createHash, createHmac } from 'node:crypto';

/** Which link: agreements and issues count from 1. */
export interface LinkName {
  readonly agreement: number;
  readonly issue: number;
}

/** The token of each link of one agent: 32 bytes as 64 hex digits, the same at every asking, and kept nowhere. */
export type LinkTokens = (link: LinkName) => string;

const PURPOSE = 'interpool link token';

/**
 * Tokens derived from the agent's own key (32 bytes): HMAC-SHA-256 over purpose, genesis hash (32 bytes), agreement and issue. A signature
 * that was made with a token can be checked that way without the token standing on a disk.
 */
export function linkTokens(secretKey: Uint8Array, network: Uint8Array): LinkTokens {
  const key = createHmac('sha256', secretKey).update(PURPOSE).update(network).digest();
  return ({ agreement, issue }) => createHmac('sha256', key).update(`${agreement}.${issue}`).digest('hex');
}

/** SHA-256 of a token's text, 32 bytes. */
export function hashOfToken(token: string): Uint8Array {
  return createHash('sha256').update(token, 'utf8').digest();
}
