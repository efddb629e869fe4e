import type { IncomingMessage } from 'node:http';
import { parseAndValidateFlightRouterState } from 'next/dist/server/app-render/parse-and-validate-flight-router-state.js';
import { portalCodes, problemOf, type Problem } from '#lib/errors.ts';
import { isStorable, PAYLOAD_TOO_LARGE } from '#lib/shared/request-bounds.ts';
import { isAction, isActionCall, isOwnOrigin } from './action.ts';
import { isUpload, saysTooLarge } from './body.ts';

/** What routes below /api answer by themselves, if only by 405. */
const API_METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
const PAGE_METHODS = ['GET', 'HEAD'];

export interface Refusal {
  problem: Problem;
  headers?: Record<string, string>;
}

const refuse = (code: number, detail?: string): Refusal => ({ problem: problemOf(code, detail) });

/** An address is a path of this server, in UTF-8, with nothing in it that a database could not hold. */
function isAddress(url: string): boolean {
  if (!url.startsWith('/')) return false;
  try {
    return isStorable(decodeURIComponent(url));
  } catch {
    return false;
  }
}

function isApi(url: string): boolean {
  return /^\/api(?:[/?]|$)/.test(url);
}

/** The methods of an address that does not take this one; undefined when it does. Pages take POST for actions alone. */
function otherMethods({ method = '', url = '', headers }: IncomingMessage): readonly string[] | undefined {
  if (isApi(url)) return API_METHODS.includes(method) ? undefined : API_METHODS;
  const isCall = method === 'POST' && isAction(headers);
  return isCall || PAGE_METHODS.includes(method) ? undefined : PAGE_METHODS;
}

/** Next takes a page's own account of where it stands in a header, and throws where it cannot read it. */
function isRouterState(header: string | string[] | undefined): boolean {
  try {
    parseAndValidateFlightRouterState(header);
    return true;
  } catch {
    return false;
  }
}

/** BODY_TOO_LARGE, with what the address takes. */
export function tooLarge(request: IncomingMessage): Problem {
  return problemOf(portalCodes.BODY_TOO_LARGE, isUpload(request) ? PAYLOAD_TOO_LARGE : undefined);
}

/** Why a request is not handed on, from what stands before its body; undefined when it is. */
export function refusalOf(request: IncomingMessage): Refusal | undefined {
  const { method, url = '', headers } = request;
  if (!isAddress(url)) return refuse(portalCodes.INPUT_INVALID, 'The address is not as it must be. Check it.');
  const allowed = otherMethods(request);
  if (allowed !== undefined)
    return { ...refuse(portalCodes.METHOD_NOT_ALLOWED), headers: { allow: allowed.join(', ') } };
  if (saysTooLarge(request)) return { problem: tooLarge(request) };
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    return refuse(portalCodes.CONTENT_TYPE_UNSUPPORTED, 'The body is compressed. Send it as it is.');
  if (!isRouterState(headers['next-router-state-tree'])) return refuse(portalCodes.INPUT_INVALID);
  // A session's cookie says who uploads; only our own pages and programs without one may.
  if (isUpload(request) && !isOwnOrigin(headers)) return refuse(portalCodes.ORIGIN_FOREIGN);
  if (method !== 'POST' || !isAction(headers) || isApi(url)) return undefined;
  if (!isOwnOrigin(headers)) return refuse(portalCodes.ORIGIN_FOREIGN);
  return isActionCall(headers) ? undefined : refuse(portalCodes.INPUT_INVALID);
}
