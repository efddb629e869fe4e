import { openLiveStream } from '#lib/queries/live-stream.ts';
import { limited } from '../_http/limited.ts';
import { otherMethods } from '../_http/methods.ts';
import { problem } from '../_http/respond.ts';

export const dynamic = 'force-dynamic';

/** When a place may be free again. */
const RETRY_SECONDS = 30;

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Live updates for open pages, as server-sent events: {height, changed: ['agreement:12', …]}; the first also says the portal’s version. */
export async function GET(request: Request): Promise<Response> {
  return limited('read', async () => {
    const opened = await openLiveStream(request.signal);
    if (!opened.ok) return problem(opened.code, { retryAfterSeconds: RETRY_SECONDS });
    return new Response(opened.stream, {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
    });
  });
}
