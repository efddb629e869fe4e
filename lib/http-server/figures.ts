import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Figures, only, together } from '#metrics/figures.ts';
import { isAction } from './action.ts';
import { portalStanding } from './standing.ts';

/** Upper bounds in seconds. */
const ANSWER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Groups of routes by how a path begins; the first that fits. What fits none is a page. */
const GROUPS = [
  ['/_next/', 'file'],
  ['/icons/', 'file'],
  ['/algorithms/', 'file'],
  ['/api/auth', 'sign-in'],
  ['/api/events', 'stream'],
  ['/api/v1/events', 'stream'],
  ['/api/v1/agents/heartbeat', 'heartbeat'],
  ['/api/v1/agents', 'agent'],
  ['/api/v1/health', 'health'],
  ['/api/v1/monitoring', 'monitoring'],
  ['/api/v1/transactions', 'transaction'],
  ['/api/v1/payloads', 'payload'],
  ['/api/', 'api'],
] as const;

/** What a request is for. Bounded: a path that somebody makes up is a page, or of the API, like any other. */
export function groupOf({ method, url = '/', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): string {
  if (method === 'POST' && isAction(headers)) return 'action';
  return GROUPS.find(([start]) => url.startsWith(start))?.[1] ?? 'page';
}

export interface PortalFigures {
  readonly figures: Figures;
  /** Counts a request, and how it is answered. */
  count(request: IncomingMessage, response: ServerResponse): void;
}

/** What the portal tells Prometheus: every request that reached it, also those that no route sees. */
export function portalFigures(): PortalFigures {
  const figures = new Figures();
  const requests = figures.counter({
    name: 'interpool_portal_requests_total',
    help: 'Requests answered, by what they were for and with which status; aborted: nobody waited for the answer.',
    labels: ['group', 'status'],
  });
  const seconds = figures.histogram(
    {
      name: 'interpool_portal_answer_seconds',
      help: 'From a request to the end of its answer; streams, which stay open, are left out.',
      labels: ['group'],
    },
    ANSWER_SECONDS,
  );
  let open = 0;
  figures.gauge(
    { name: 'interpool_portal_open_requests', help: 'Requests that are not answered yet, streams among them.' },
    () => [{ value: open }],
  );
  addStanding(figures);
  return {
    figures,
    count: (request, response) => {
      const group = groupOf(request);
      const startedMs = performance.now();
      open += 1;
      response.once('close', () => {
        open -= 1;
        requests.inc({ group, status: response.headersSent ? String(response.statusCode) : 'aborted' });
        if (group !== 'stream') seconds.observe({ group }, (performance.now() - startedMs) / 1_000);
      });
    },
  };
}

/** Which version it is, and how its read model stands: what the portal's own node says of it in its heartbeats [7.2.3-b]. */
function addStanding(figures: Figures): void {
  const ask = together(portalStanding);
  const version = softwareVersion();
  figures.gauge(
    { name: 'interpool_portal_info', help: 'Always 1; says which version runs.', labels: ['version'] },
    () => [{ of: { version }, value: 1 }],
  );
  figures.gauge({ name: 'interpool_portal_height', help: 'Height of the read model that it shows.' }, async () =>
    only((await ask()).height),
  );
  figures.gauge(
    { name: 'interpool_portal_blocks_behind', help: 'Blocks of the ledger that its read model has yet to follow.' },
    async () => only((await ask()).blocksBehind),
  );
}

/** As the package says it, which agents say of themselves too. */
function softwareVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
