import type { z } from 'zod';
import { portalCodes } from '#lib/errors.ts';
import {
  BODY_BYTES_MAX,
  isStorable,
  isStorableWithin,
  PAYLOAD_BODY_BYTES_MAX,
  PAYLOAD_TOO_LARGE,
} from '#lib/shared/request-bounds.ts';
import { problem } from './respond.ts';

/** The longest that an endpoint waits for news. */
export const WAIT_MS_MAX = 25_000;

export type Read<Value> = { ok: true; value: Value } | { ok: false; response: Response };

const refuse = (code: number, detail?: string): { ok: false; response: Response } => ({
  ok: false,
  response: problem(code, { detail }),
});

/** The body's bytes. The portal's HTTP server has bounded them before; a handler that is called without one reads no further either. */
async function readBytes(request: Request, bytesMax: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Web streams are iterable in Node; the DOM's types do not say so.
  for await (const chunk of (request.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A payload's body, as it is. */
export async function readPayload(request: Request): Promise<Read<Buffer>> {
  if (!isOfType(request, 'application/octet-stream'))
    return refuse(
      portalCodes.CONTENT_TYPE_UNSUPPORTED,
      'A payload is sent as bytes (content-type application/octet-stream); nothing was stored and no money moved. Send it so.',
    );
  const bytes = await readBytes(request, PAYLOAD_BODY_BYTES_MAX);
  return bytes === undefined ? refuse(portalCodes.BODY_TOO_LARGE, PAYLOAD_TOO_LARGE) : { ok: true, value: bytes };
}

/** The body as text. */
export async function readBody(request: Request): Promise<Read<string>> {
  const bytes = await readBytes(request, BODY_BYTES_MAX);
  if (bytes === undefined) return refuse(portalCodes.BODY_TOO_LARGE);
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return refuse(portalCodes.INPUT_INVALID, 'The body is not UTF-8.');
  }
}

function isOfType(request: Request, type: string): boolean {
  return request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() === type;
}

/** The fields of a form's body, as next-auth is sent them. */
export async function readForm(request: Request): Promise<Read<URLSearchParams>> {
  if (!isOfType(request, 'application/x-www-form-urlencoded'))
    return refuse(portalCodes.CONTENT_TYPE_UNSUPPORTED, 'The request must be a form. Send it as one.');
  const body = await readBody(request);
  if (!body.ok) return body;
  const fields = new URLSearchParams(body.value);
  if (![...fields].flat().every(isStorable)) return refuse(portalCodes.INPUT_INVALID);
  return { ok: true, value: fields };
}

/** Parses a body against its shape; the problem names the first field that is wrong. */
export function parseBody<Shape extends z.ZodType>(request: Request, text: string, shape: Shape): Read<z.infer<Shape>> {
  if (!isOfType(request, 'application/json')) return refuse(portalCodes.CONTENT_TYPE_UNSUPPORTED);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(portalCodes.INPUT_INVALID, 'The body is not JSON.');
  }
  if (!isStorableWithin(value)) return refuse(portalCodes.INPUT_INVALID, 'The body holds a text that no database can.');
  const parsed = shape.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const where =
    issue === undefined || issue.path.length === 0 ? 'The body' : issue.path.map(String).join('.').slice(0, 100);
  return refuse(portalCodes.INPUT_INVALID, `${where}: ${issue?.message ?? 'is not as it must be'}.`);
}

/** `?wait=` in milliseconds, at most 25 000; 0 when absent. */
export function readWait(url: URL): Read<number> {
  const text = url.searchParams.get('wait') ?? '0';
  if (!/^\d{1,6}$/.test(text)) return refuse(portalCodes.INPUT_INVALID, 'wait must be whole milliseconds.');
  return { ok: true, value: Math.min(Number(text), WAIT_MS_MAX) };
}

/** `?from=`: the height of the reader's own checkpoint, where a trail begins; undefined, for genesis, when absent. */
export function readFrom(url: URL): Read<bigint | undefined> {
  const text = url.searchParams.get('from');
  if (text === null) return { ok: true, value: undefined };
  const height = readInteger(text);
  return height === undefined
    ? refuse(portalCodes.INPUT_INVALID, 'from must be a height.')
    : { ok: true, value: BigInt(height) };
}

/** A whole number from a path or a query; undefined for anything else. */
export function readInteger(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
