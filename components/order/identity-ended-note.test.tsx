import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { OrderSummary } from '#lib/shared/dto.ts';
import { IdentityEndedNote } from './identity-ended-note.tsx';

const NOW_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const account = (id: number) => ({ id, address: '', name: null });
const order = (id: number, fields: Partial<OrderSummary> = {}): OrderSummary => ({
  id,
  order: id,
  part: 1,
  parts: 1,
  status: 'terminated',
  resource: { id: 4, title: 'Weather', kind: 'data' },
  customer: account(2),
  provider: account(3),
  prices: [],
  holdMicro: '1',
  chargeMicro: null,
  reservedAtMs: NOW_MS - 2 * HOUR_MS,
  startsAtMs: NOW_MS - 2 * HOUR_MS,
  endsAtMs: NOW_MS - HOUR_MS,
  endReason: 'identity-ended',
  ...fields,
});

test('both sides are told for a day of orders that ended with an identification, and of no others [8.5.2-d]', () => {
  const orders = [
    order(5),
    order(6, { endReason: 'done' }),
    order(7, { endsAtMs: NOW_MS - 25 * HOUR_MS }),
    order(8, { endsAtMs: null }),
    order(9),
  ];
  const said = (viewer: 'customer' | 'provider') =>
    renderToStaticMarkup(<IdentityEndedNote orders={orders} viewer={viewer} nowMs={NOW_MS} />);
  expect(said('customer')).toContain('2 orders ended with your identification');
  expect(said('provider')).toContain('2 orders ended with the identifications of their customers');
  expect([...said('provider').matchAll(/href="([^"]+)"/g)].map(([, href]) => href)).toEqual([
    '/provider/orders/5',
    '/provider/orders/9',
  ]);
  const none = renderToStaticMarkup(<IdentityEndedNote orders={orders.slice(1, 4)} viewer="customer" nowMs={NOW_MS} />);
  expect(none).toBe('');
});
