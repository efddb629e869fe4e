import { portalCodes } from '#lib/errors.ts';
import { noContent, problem } from './respond.ts';

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;
type Method = (typeof METHODS)[number];
/** Next answers HEAD by the handler of GET. */
const TAKEN = { GET: ['GET', 'HEAD'], POST: ['POST'] } as const satisfies Record<string, readonly Method[]>;
type Own = keyof typeof TAKEN;
type Others<Taken extends Own> = Record<Exclude<Method, (typeof TAKEN)[Taken][number]>, () => Response>;

/** The answer to a method that is none of those taken: which they are, with 405 to all but OPTIONS. */
export function answerOtherMethod(method: string, taken: readonly string[]): Response {
  const headers = { allow: [...taken, 'OPTIONS'].join(', ') };
  return method === 'OPTIONS' ? noContent(headers) : problem(portalCodes.METHOD_NOT_ALLOWED, { headers });
}

/** A route's handlers for all methods but its own. */
export function otherMethods<Taken extends Own>(own: Taken): Others<Taken> {
  const taken: readonly Method[] = TAKEN[own];
  const others = METHODS.filter((method) => !taken.includes(method));
  return Object.fromEntries(others.map((method) => [method, () => answerOtherMethod(method, taken)])) as Others<Taken>;
}
