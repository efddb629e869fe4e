import 'server-only';
import { currentViewer, viewerOfSession } from '#lib/auth/session.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { portalFacts } from '#lib/auth/portal.ts';
import { takeStreamPlace } from '#lib/auth/stream-place.ts';
import { portalCodes } from '#lib/errors.ts';
import { listenHeights } from '#lib/height-feed.ts';
import { newsSince } from './live.ts';
import { readAsOf } from './page.ts';

/** At most one message in this time, however fast blocks come. */
const PAUSE_MS = 250;
const HEARTBEAT_MS = 15_000;
/** A stream ends after this long; browsers come back by themselves. */
const STREAM_MS_MAX = 30 * 60_000;

/** True while the session that a stream was opened with still counts. */
async function isStanding(viewer: Viewer): Promise<boolean> {
  if (viewer.kind !== 'person') return true;
  const now = await viewerOfSession(viewer.jti);
  return now.kind === 'person';
}

/** The viewer as of now: an account made or a role given after the stream was opened counts. */
async function renewed(viewer: Viewer): Promise<Viewer> {
  return viewer.kind === 'person' ? viewerOfSession(viewer.jti) : viewer;
}

export type LiveStream = { ok: true; stream: ReadableStream<Uint8Array> } | { ok: false; code: number };

/**
 * Server-sent events of this request's viewer: heights, and ids that the viewer may read, nothing else. Ends at sign-out, with the
 * session, and after half an hour. TOO_MANY_STREAMS: the viewer or its network address has as many as it may, over all portals;
 * TOO_MANY_CONNECTIONS: this portal has.
 */
export async function openLiveStream(signal: AbortSignal): Promise<LiveStream> {
  const viewer = await currentViewer();
  const { height } = await readAsOf();
  const lost = new AbortController();
  const leave = await takeStreamPlace(viewer, () => lost.abort());
  if (leave === null) return { ok: false, code: portalCodes.TOO_MANY_STREAMS };
  let wake = (): void => undefined;
  let hasNews = true;
  const ignore = listenHeights(() => {
    hasNews = true;
    wake();
  });
  const stop = (): void => {
    ignore?.();
    leave();
    wake();
  };
  if (ignore === undefined) {
    stop();
    return { ok: false, code: portalCodes.TOO_MANY_CONNECTIONS };
  }
  const encoder = new TextEncoder();
  const ended = AbortSignal.any([signal, lost.signal, AbortSignal.timeout(STREAM_MS_MAX)]);
  ended.addEventListener('abort', stop);
  // A caller that has gone already takes no message, and nobody cancels what nobody reads.
  if (ended.aborted) stop();

  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function* messages(): AsyncGenerator<string> {
    let seen = height;
    yield `retry: 2000\ndata: ${JSON.stringify({ height: seen, changed: [], version: portalFacts().version })}\n\n`;
    while (!ended.aborted) {
      if (!hasNews) await rest(HEARTBEAT_MS);
      if (ended.aborted || !(await isStanding(viewer))) return;
      if (!hasNews) {
        yield ': still here\n\n';
        continue;
      }
      hasNews = false;
      const news = await newsSince(seen, await renewed(viewer));
      if (news.height > seen) yield `data: ${JSON.stringify(news)}\n\n`;
      seen = Math.max(seen, news.height);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  const source = messages();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await source.next();
        if (next.done !== true) return controller.enqueue(encoder.encode(next.value));
      } catch {
        // The database is away: the browser comes back by itself.
      }
      stop();
      controller.close();
    },
    async cancel() {
      stop();
      await source.return(undefined);
    },
  });
  return { ok: true, stream };
}
