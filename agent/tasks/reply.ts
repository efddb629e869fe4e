/** A call behind the order's own address. */
export interface TaskCall {
  readonly method: string;
  /** '' or text that begins with '/', still percent-encoded. */
  readonly path: string;
  readonly queryString: string;
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface TaskReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

export const PROBLEM = 'application/problem+json';

/** RFC 9457. */
export function problem(status: number, detail: string): TaskReply {
  const body = { title: 'Refused', status, detail };
  return { status, headers: { 'content-type': PROBLEM }, bytes: Buffer.from(JSON.stringify(body)) };
}

export function json(status: number, body: unknown): TaskReply {
  return { status, headers: { 'content-type': 'application/json' }, bytes: Buffer.from(JSON.stringify(body)) };
}

export function bytesReply(type: string, bytes: Uint8Array): TaskReply {
  return { status: 200, headers: { 'content-type': type }, bytes };
}
