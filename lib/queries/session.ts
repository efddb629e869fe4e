import 'server-only';
import type { SessionDto } from '#lib/shared/dto.ts';

export async function getSession(): Promise<SessionDto | null> {
  throw new Error('getSession is not written yet');
}
