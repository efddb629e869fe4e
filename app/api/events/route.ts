import { portalCodes } from '#lib/errors.ts';
import { openLiveStream } from '#lib/queries/live-stream.ts';
import { limited } from '../_http/limited.ts';
import { problem } from '../_http/respond.ts';

export const dynamic = 'force-dynamic';

/** Live updates for open pages, as server-sent events: {height, changed: ['agreement:12', …]}. */
export async function GET(request: Request): Promise<Response> {
  return limited('read', async () => {
    const stream = await openLiveStream(request.signal);
    if (stream === null) return problem(portalCodes.TOO_MANY_CONNECTIONS, { retryAfterSeconds: 30 });
    return new Response(stream, {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
    });
  });
}
