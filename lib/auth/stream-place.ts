import 'server-only';
import { claimStream, releaseStream, RENEW_MS, renewStream } from '#lib/operations/open-streams.ts';
import { callerHash } from './admission.ts';
import type { Viewer } from './viewer.ts';

function holderOf(viewer: Viewer): string | null {
  switch (viewer.kind) {
    case 'public':
      return null;
    case 'person':
      return `session:${viewer.jti}`;
    case 'agent':
      return `agent:${viewer.address}`;
  }
}

/**
 * Takes a place among the streams that the caller's network address and the viewer hold open, and answers how to give it back; null when
 * they hold as many as they may. The place is kept however slowly the caller reads; `lose` is called when it was lost all the same.
 */
export async function takeStreamPlace(viewer: Viewer, lose: () => void): Promise<(() => void) | null> {
  const id = await claimStream({ network: await callerHash(), holder: holderOf(viewer) });
  if (id === null) return null;
  const timer = setInterval(() => {
    // While the database is away nobody knows; the next renewal does.
    renewStream(id).then(
      (isKept) => isKept || lose(),
      () => undefined,
    );
  }, RENEW_MS);
  timer.unref();
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    clearInterval(timer);
    // What cannot be given back now runs out by itself.
    releaseStream(id).catch(() => undefined);
  };
}
