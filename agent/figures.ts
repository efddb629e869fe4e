import { Figures, only, type Reading } from '#metrics/figures.ts';
import { BYTES, CALLS } from './gateway/access.ts';
import type { Meter } from './gateway/meter.ts';
import type { Gateway } from './gateway/server.ts';
import type { OrderBook } from './order-book.ts';

/** What an agent tells Prometheus: numbers alone, and nothing of who buys what. */
export function agentFigures({ book, meter, gateway }: { book: OrderBook; meter: Meter; gateway: Gateway }): Figures {
  const figures = new Figures();
  figures.gauge({ name: 'interpool_agent_ledger_height', help: 'Newest block that was proved to this agent.' }, () =>
    only(book.head?.height),
  );
  figures.gauge(
    {
      name: 'interpool_agent_ledger_timestamp_seconds',
      help: 'Time of that block: how long ago the ledger was heard.',
    },
    () => only(book.head === null ? null : book.head.timeMs / 1_000),
  );
  figures.gauge({ name: 'interpool_agent_is_allowed', help: '1: an account has allowed the key of this agent.' }, () =>
    only(book.identity === null ? 0 : 1),
  );
  figures.gauge({ name: 'interpool_agent_resources', help: 'Resources that this agent serves.' }, () =>
    only(book.resources.size),
  );
  figures.gauge({ name: 'interpool_agent_open_orders', help: 'Orders whose links open now.' }, () =>
    only(gateway.openLinks),
  );
  figures.gauge(
    { name: 'interpool_agent_known_orders', help: 'Orders that this agent remembers, ended ones among them.' },
    () => only(book.orders.size),
  );
  figures.total({ name: 'interpool_agent_calls_total', help: 'Calls that were answered and counted.' }, () => [
    { value: meter.served[CALLS] ?? 0 },
  ]);
  figures.total(
    { name: 'interpool_agent_sent_bytes_total', help: 'Bytes that were counted as sent to customers.' },
    () => [{ value: meter.served[BYTES] ?? 0 }],
  );
  figures.total(
    {
      name: 'interpool_agent_carried_bytes_total',
      help: 'Bytes that passed the gateways for orders, both ways, counted or not.',
    },
    () => only(gateway.carried.total),
  );
  figures.total(
    { name: 'interpool_agent_refusals_total', help: 'Calls that were refused, by reason.', labels: ['reason'] },
    (): Reading<'reason'>[] => [...gateway.refusals.totals].map(([reason, value]) => ({ of: { reason }, value })),
  );
  return figures;
}
