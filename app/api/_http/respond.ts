import { codeOfFault, portalCodes, problemOf } from '#lib/errors.ts';

/** Answers of the HTTP API: JSON that no cache keeps, and RFC 9457 problems. */
const NO_STORE = { 'cache-control': 'no-store' };

export function json(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: NO_STORE });
}

export function noContent(headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 204, headers: { ...NO_STORE, ...headers } });
}

/** `detail` replaces the table's sentence where the request itself can say more exactly what is wrong with it. */
export function problem(
  code: number,
  options: { detail?: string; retryAfterSeconds?: number; headers?: Record<string, string> } = {},
): Response {
  const body = problemOf(code, options.detail);
  const isBusy = body.status === 429 || body.status === 503;
  const retry: Record<string, string> = isBusy ? { 'retry-after': String(options.retryAfterSeconds ?? 1) } : {};
  const headers = { ...NO_STORE, ...retry, ...options.headers, 'content-type': 'application/problem+json' };
  return new Response(JSON.stringify(body), { status: body.status, headers });
}

export function notFound(): Response {
  return problem(portalCodes.NOT_FOUND);
}

/** Runs a handler; whatever it throws becomes a problem without its text, and one line for the operator. */
export async function answering(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    const code = codeOfFault(error);
    if (code === portalCodes.INTERNAL)
      process.stderr.write(
        `A request failed: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown'}\n`,
      );
    return problem(code);
  }
}
