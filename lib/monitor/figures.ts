import 'server-only';
import { Figures } from '#metrics/figures.ts';
import type { Conditions } from './alert-store.ts';
import type { Attempt } from './deliveries.ts';
import type { Probe } from './prober.ts';
import type { Subject } from './subjects.ts';

/** Upper bounds in seconds: a look is due once a second. */
const LOOK_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What one look saw. */
export interface Looked {
  readonly seconds: number;
  readonly heartbeats: number;
  readonly probes: readonly Probe[];
  readonly deliveries: readonly Attempt[];
  /** The network itself is no node. */
  readonly subjects: readonly Subject[];
  readonly conditions: Conditions;
}

/** What the monitor tells Prometheus. */
export interface MonitorFigures {
  readonly figures: Figures;
  looked(look: Looked): void;
  /** This process watches no more: another may. */
  ended(): void;
}

/** How many there are of each pair of words. */
function tally<Label extends string>(
  all: readonly Readonly<Record<Label, string>>[],
): { of: Readonly<Record<Label, string>>; value: number }[] {
  const counts = new Map<string, { of: Readonly<Record<Label, string>>; value: number }>();
  for (const of of all) {
    const key = JSON.stringify(of);
    const counted = counts.get(key) ?? { of, value: 0 };
    counted.value += 1;
    counts.set(key, counted);
  }
  return [...counts.values()];
}

export function monitorFigures(): MonitorFigures {
  const figures = new Figures();
  let last: Looked | undefined;
  const heartbeats = figures.counter({
    name: 'interpool_monitor_heartbeats_total',
    help: 'Heartbeats of nodes that portals took in and that were looked at.',
  });
  const probes = figures.counter({
    name: 'interpool_monitor_probes_total',
    help: 'Calls of nodes, by what they are and what came of it.',
    labels: ['kind', 'result'],
  });
  const deliveries = figures.counter({
    name: 'interpool_monitor_deliveries_total',
    help: 'Attempts to tell a webhook: delivered, to be tried again, or given up.',
    labels: ['result'],
  });
  const seconds = figures.histogram(
    { name: 'interpool_monitor_look_seconds', help: 'What a look at everything took.' },
    LOOK_SECONDS,
  );
  figures.gauge(
    { name: 'interpool_monitor_is_watching', help: '1: this process watches; 0: it stands by, or waits.' },
    () => [{ value: last === undefined ? 0 : 1 }],
  );
  figures.gauge({ name: 'interpool_monitor_nodes', help: 'Nodes that are watched.', labels: ['kind', 'status'] }, () =>
    tally((last?.subjects ?? []).map(({ kind, status }) => ({ kind, status }))),
  );
  figures.gauge(
    {
      name: 'interpool_monitor_alert_causes',
      help: 'Causes of alerts: pending ones last for too short a time yet, open ones were told, settled ones may come back.',
      labels: ['state'],
    },
    () => tally([...(last?.conditions.values() ?? [])].map(({ condition }) => ({ state: condition.phase }))),
  );
  return {
    figures,
    looked(look) {
      last = look;
      seconds.observe(look.seconds);
      heartbeats.inc(look.heartbeats);
      for (const { subject, isOk } of look.probes)
        probes.inc({ kind: subject.kind, result: isOk ? 'answered' : 'failed' });
      for (const { isDelivered, nextAtMs } of look.deliveries) {
        const undelivered = nextAtMs === null ? 'given-up' : 'again';
        deliveries.inc({ result: isDelivered ? 'delivered' : undelivered });
      }
    },
    ended() {
      last = undefined;
    },
  };
}
