import { isLine } from '#ledger/contracts/shared/line.ts';
import { ENDPOINT_MAX, NODE_NAME_MAX } from './definition.ts';

/** The words that a node says of itself: pure, and the same for forms, agents and the contract. */

/** 1 to 64 characters without control characters or blanks at its ends. */
export function isName(name: string): boolean {
  return isLine(name, { lengthMax: NODE_NAME_MAX });
}

const VERSION = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** `1.4.0` as three numbers below 1,000; undefined for anything else. */
export function versionOf(software: string): { major: bigint; minor: bigint; patch: bigint } | undefined {
  const [, major, minor, patch] = VERSION.exec(software) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return { major: BigInt(major), minor: BigInt(minor), patch: BigInt(patch) };
}

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const ORIGIN = new RegExp(`^https?://(${LABEL}(\\.${LABEL})*|\\[[0-9a-f:]{2,39}\\])(:[1-9]\\d{0,4})?$`);

/** Empty, or a plain origin in small letters: scheme, host, port. It is compared and shown, never resolved by the ledger. */
export function isEndpoint(text: string): boolean {
  return text === '' || (text.length <= ENDPOINT_MAX && ORIGIN.test(text));
}

/** An origin on the node's own machine. */
export function isLoopback(endpoint: string): boolean {
  return /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/.test(endpoint);
}
