import type { IncomingHttpHeaders } from 'node:http';
import { isStorableWithin } from '#lib/shared/request-bounds.ts';

/** An action takes a handful of values. */
const ARGUMENTS_MAX = 16;
const ACTION_ID = /^[0-9a-f]{42}$/;
/** React writes a text that begins with $ as $$…, and anything with one $ is a reference, of which we send none but `undefined`. */
const REFERENCE = /^\$(?!\$|undefined$)/;

export function isAction(headers: IncomingHttpHeaders): boolean {
  return headers['next-action'] !== undefined;
}

/** Whether the page that calls is our own. A program that is no browser sends no origin, and has no session that another page could use. */
export function isOwnOrigin(headers: IncomingHttpHeaders): boolean {
  const { origin } = headers;
  if (origin === undefined) return true;
  const forwarded = headers['x-forwarded-host'];
  const host =
    String(forwarded ?? '')
      .split(',')[0]
      ?.trim() || headers.host;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Whether the headers are those of a call by our pages; every argument of ours is a plain value, which React sends as text. */
export function isActionCall(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return ACTION_ID.test(String(headers['next-action'])) && type === 'text/plain';
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return !REFERENCE.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return !Object.hasOwn(value, '__proto__') && Object.values(value).every(isPlain);
}

/** Whether a body holds an action's arguments, and nothing that makes whoever decodes it do more than copy values. */
export function isArguments(body: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const values = JSON.parse(text) as unknown;
    return Array.isArray(values) && values.length <= ARGUMENTS_MAX && isStorableWithin(values) && isPlain(values);
  } catch {
    return false;
  }
}
