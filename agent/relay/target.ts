import { isIP } from 'node:net';

/** Where somebody wants to be connected to: a name or an address, as it was told, and a port. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

const NAME_LENGTH_MAX = 253;
const NAME =
  /^(?=.*[A-Za-z0-9])[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/;

/** A name as the DNS has them, or an address without a zone; nothing else is looked up. */
export function isHost(text: string): boolean {
  if (isIP(text) !== 0) return !text.includes('%');
  return text.length <= NAME_LENGTH_MAX && NAME.test(text);
}

/** `host:port` as it stands in a request for a tunnel (RFC 9110, section 9.3.6); undefined for every other text. */
export function parseAuthority(text: string): Target | undefined {
  const [, bracketed, bare, port = ''] = /^(?:\[([^\][]*)\]|([^:\][]*)):([1-9]\d{0,4})$/.exec(text) ?? [];
  const host = bracketed ?? bare;
  if (host === undefined || Number(port) > 65_535 || !isHost(host)) return undefined;
  if ((bracketed !== undefined) !== (isIP(host) === 6)) return undefined;
  return { host, port: Number(port) };
}
