import { unknownVariables } from '#environment/variables.mjs';
import { appendConnectionAddresses } from '#lib/auth/caller-address.ts';
import { configurationLine, EnvironmentError } from '#lib/env.ts';
import { openHeartbeatWay } from '#lib/http-server/heartbeat-way.ts';
import { openPortalStanding } from '#lib/http-server/standing.ts';

/** Next calls this once before it serves: a portal that cannot work says why in one sentence, and does not begin. */
export function register(): void {
  if (process.env.NEXT_RUNTIME !== 'nodejs' || process.env.NEXT_PHASE === 'phase-production-build') return;
  for (const sentence of unknownVariables()) process.stderr.write(`${sentence}\n`);
  try {
    process.stdout.write(`${configurationLine('portal')}\n`);
    appendConnectionAddresses();
    openHeartbeatWay(async (request, forwarded) => {
      const { takeHeartbeat } = await import('./app/api/_http/heartbeat-way.ts');
      return takeHeartbeat(request, forwarded);
    });
    openPortalStanding(async () => {
      const { getStanding } = await import('#lib/queries/standing.ts');
      return getStanding();
    });
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
