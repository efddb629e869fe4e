import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { portalCodes, problemOf } from '#lib/errors.ts';
import { isAction, isArguments } from './action.ts';
import { COMING_BYTES_MAX, complete, hasBody, isUpload, receive, UPLOADS_BYTES_MAX, type Room } from './body.ts';
import { answerHeartbeat } from './heartbeat-way.ts';
import { refusalOf, tooLarge, type Refusal } from './refusal.ts';

/** From the first byte of a request to its last; longer is nobody's connection. Bodies have bounds of their own, most of them shorter. */
const REQUEST_MS_MAX = 75_000;
const HEADERS_MS_MAX = 15_000;
/** A caller that still sends when it is refused gets to read why: so much of the rest is thrown away for it. */
const LINGER_MS = 500;
const LINGER_BYTES_MAX = 1_024 * 1_024;

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const CODES = { late: portalCodes.BODY_LATE, busy: portalCodes.TOO_MANY_BODIES } as const;

function answer(request: IncomingMessage, response: ServerResponse, { problem, headers }: Refusal): void {
  const text = JSON.stringify(problem);
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(problem.status === 503 && { 'retry-after': '1' }),
    ...headers,
    // What was not read cannot be followed by another request.
    ...(!request.complete && { connection: 'close' }),
  });
  if (request.complete || request.method === 'HEAD') {
    response.end(request.method === 'HEAD' ? undefined : text);
    return;
  }
  response.write(text);
  let left = LINGER_BYTES_MAX;
  const end = (): void => {
    clearTimeout(linger);
    response.end();
  };
  const linger = setTimeout(end, LINGER_MS);
  request.once('close', end).once('end', end);
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.pause();
  });
}

/** The request as it is handed on, its body already there; undefined when it was answered here, or nobody waits any more. */
async function admit(
  request: IncomingMessage,
  response: ServerResponse,
  rooms: { readonly usual: Room; readonly uploads: Room },
): Promise<IncomingMessage | undefined> {
  const refusal = refusalOf(request);
  if (refusal !== undefined) return void answer(request, response, refusal);
  const isCall = request.method === 'POST' && isAction(request.headers);
  if (!hasBody(request) && !isCall) return request;
  const received = await receive(request, isUpload(request) ? rooms.uploads : rooms.usual);
  if (!received.ok) {
    const { why } = received;
    if (why === 'too large') answer(request, response, { problem: tooLarge(request) });
    else if (why !== 'gone') answer(request, response, { problem: problemOf(CODES[why]) });
    return undefined;
  }
  if (!isCall || isArguments(received.body)) return complete(request, received.body);
  return void answer(request, response, { problem: problemOf(portalCodes.INPUT_INVALID) });
}

/**
 * next-auth keeps a place to return to in this cookie, which nothing here uses; it takes one that it cannot read for a fault of its own
 * configuration, on every page.
 */
const PLACE_COOKIE = /(?:__Secure-)?next-auth\.callback-url=[^;]*(?:;\s*|$)/g;

function dropPlace({ headers }: IncomingMessage): void {
  if (headers.cookie !== undefined) headers.cookie = headers.cookie.replaceAll(PLACE_COOKIE, '');
}

/**
 * The portal's own HTTP server: it hands a request on when its address, method and headers can be meant and its whole body is there,
 * within its bound. All routes, pages, actions and sign-in stand behind it. `count` hears of each, those that are refused here too.
 */
export function createPortalServer(
  handle: Handle,
  count?: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const rooms = { usual: { bytesFree: COMING_BYTES_MAX }, uploads: { bytesFree: UPLOADS_BYTES_MAX } };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    count?.(request, response);
    dropPlace(request);
    try {
      const admitted = await admit(request, response, rooms);
      if (admitted === undefined) return;
      if (!(await answerHeartbeat(admitted, response))) await handle(admitted, response);
    } catch (error) {
      process.stderr.write(
        `A request failed: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown'}\n`,
      );
      if (response.headersSent) response.destroy();
      else answer(request, response, { problem: problemOf(portalCodes.INTERNAL) });
    }
  };
  return createServer(
    // Nothing here speaks another protocol: who asks for one is answered in this one.
    { requestTimeout: REQUEST_MS_MAX, headersTimeout: HEADERS_MS_MAX, shouldUpgradeCallback: () => false },
    (request, response) => void serve(request, response),
  );
}
