import { Figures, only } from '#metrics/figures.ts';
import type { ApiCount } from './api.ts';
import type { MarketCopy } from './market-copy.ts';
import type { Portals } from './portals.ts';
import type { Sender } from './sender.ts';

export interface FigureParts {
  readonly copy: MarketCopy;
  readonly portals: Portals;
  readonly sender: Sender;
  /** When a portal last said that nothing is missing; null before it ever did. */
  readonly heardAtMs: () => number | null;
}

/** What a broker's program tells Prometheus: how near its copy is to the ledger, and what it does. */
export function brokerFigures({ copy, portals, sender, heardAtMs }: FigureParts): {
  figures: Figures;
  count: ApiCount;
} {
  const figures = new Figures();
  const requests = figures.counter({
    name: 'interpool_broker_requests_total',
    help: 'Requests at the own API, by address and status.',
    labels: ['path', 'status'],
  });
  figures.gauge(
    { name: 'interpool_broker_copy_height', help: 'Block up to which the copy of the market is true.' },
    () => only(copy.asOf?.height),
  );
  figures.gauge({ name: 'interpool_broker_copy_timestamp_seconds', help: 'Time of that block.' }, () =>
    only(copy.asOf === null ? null : copy.asOf.timeMs / 1_000),
  );
  figures.gauge(
    { name: 'interpool_broker_heard_timestamp_seconds', help: 'When a portal said that the copy lacks nothing.' },
    () => {
      const heard = heardAtMs();
      return only(heard === null ? null : heard / 1_000);
    },
  );
  figures.gauge(
    { name: 'interpool_broker_is_allowed', help: '1: the account has allowed the key of this program.' },
    () => only(sender.identity === null ? 0 : 1),
  );
  figures.gauge({ name: 'interpool_broker_resources', help: 'Resources of the regions in the copy.' }, () =>
    only(copy.resources.size),
  );
  figures.gauge({ name: 'interpool_broker_open_demands', help: 'Open demands in the copy.' }, () =>
    only(copy.demands.size),
  );
  figures.gauge(
    { name: 'interpool_broker_portals', help: 'Portals of node providers, by state.', labels: ['state'] },
    () =>
      (['used', 'degraded', 'away'] as const).map((state) => ({
        of: { state },
        value: portals.nearestFirst.filter((portal) => stateOf(portal) === state).length,
      })),
  );
  figures.gauge(
    { name: 'interpool_broker_works', help: 'Requests and proposals, by how they stand.', labels: ['state'] },
    () => {
      const works = [...sender.works.values()];
      const done = works.filter(({ ended }) => ended?.code === 0).length;
      const refused = works.filter(({ ended }) => ended !== undefined && ended.code !== 0).length;
      return [
        { of: { state: 'done' }, value: done },
        { of: { state: 'refused' }, value: refused },
        { of: { state: 'under-way' }, value: works.length - done - refused },
      ];
    },
  );
  return { figures, count: (path, status) => requests.inc({ path, status: String(status) }) };
}

function stateOf({ roundTripMs, isDegraded }: Portals['nearestFirst'][number]): 'used' | 'degraded' | 'away' {
  if (roundTripMs === null) return 'away';
  return isDegraded ? 'degraded' : 'used';
}
