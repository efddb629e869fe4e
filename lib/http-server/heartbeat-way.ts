import type { IncomingMessage, ServerResponse } from 'node:http';

/** Where nodes send their heartbeats: as many as of everything else together, so they do not pass through all that a page passes through. */
const HEARTBEATS = '/api/v1/agents/heartbeat';

/** The endpoint's own handler, with every check that it has; `forwarded` is the header that callers are counted by. */
export type HeartbeatHandler = (request: Request, forwarded: string | null) => Promise<Response>;

/** Next's side of the process has modules of its own: what it hands over stands where both find it. */
const handed = globalThis as { interpoolHeartbeatHandler?: HeartbeatHandler };

/** Told by Next's side once, before the portal listens. */
export function openHeartbeatWay(handler: HeartbeatHandler): void {
  handed.interpoolHeartbeatHandler = handler;
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Uint8Array.from(Buffer.concat(chunks));
}

const textOf = (header: string | string[] | undefined): string | null =>
  header === undefined ? null : [header].flat().join(', ');

/**
 * Answers an admitted heartbeat by the endpoint's handler alone, without Next's proxy and router, which cost several times what the endpoint does;
 * false for every other request, which goes its usual way. Exactly that address: another form of it is Next's to judge.
 */
export async function answerHeartbeat(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const handler = handed.interpoolHeartbeatHandler;
  if (handler === undefined || request.method !== 'POST' || request.url !== HEARTBEATS) return false;
  const headers: Record<string, string> = {};
  for (const name of ['authorization', 'content-type'] as const) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  const body = await bodyOf(request);
  const asked = new Request(`http://localhost${HEARTBEATS}`, { method: 'POST', headers, body });
  const answer = await handler(asked, textOf(request.headers['x-forwarded-for']));
  const text = await answer.text();
  response.writeHead(answer.status, {
    ...Object.fromEntries(answer.headers),
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
  return true;
}
