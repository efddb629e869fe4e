import { afterEach, beforeEach, expect, test } from 'vitest';
import { tellFigures, type Listener } from '#metrics/listener.ts';
import { scrape, valuesOf } from '#metrics/testing/exposition.ts';
import { parseConfig } from './config.ts';
import { agentFigures } from './figures.ts';
import { Rig } from './testing/order-rig.ts';

let rig: Rig;
let listener: Listener;
beforeEach(async () => {
  rig = new Rig();
  await rig.open();
  listener = await tellFigures(agentFigures(rig), { host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await listener.close();
  await rig.close();
});

test('an agent tells how many orders it serves, calls, bytes and refusals by reason, and nothing of who asks [8.4.1-a]', async () => {
  await rig.publish();
  rig.apply();
  await rig.work();
  const link = await rig.link();
  const { text: answered } = await rig.get(link);
  expect((await rig.get({ url: link.url, token: 'wrong' })).status).toBe(401);
  expect((await rig.get({ url: link.url, token: 'wrong too' })).status).toBe(401);
  const { samples, text } = await scrape(listener.url);
  const of = (name: string): Record<string, number> => valuesOf(samples, `interpool_agent_${name}`);
  expect([of('open_orders'), of('known_orders'), of('resources')]).toEqual([{ '': 1 }, { '': 1 }, { '': 1 }]);
  expect([of('calls_total'), of('sent_bytes_total')]).toEqual([{ '': 1 }, { '': answered.length }]);
  expect(of('refusals_total')).toEqual({ 'link-not-valid': 2 });
  expect(of('ledger_height')['']).toBeGreaterThan(0);
  expect(of('is_allowed')).toEqual({ '': 1 });
  expect(text).not.toContain(link.token);
});

test('a place that is not on loopback is refused with the field’s name', () => {
  const config = {
    portal: 'https://portal.example',
    label: 'x',
    gateway: { host: '127.0.0.1', port: 1, publicOrigin: 'https://a.example' },
    home: '.',
    anchor: 'anchor.json',
    data: { folders: ['.'], sources: [{ id: 'x', title: 'X', format: 'csv', path: 'x.csv' }] },
  };
  for (const metrics of ['0.0.0.0:1', '9464', '', 9464, null, { port: 1 }, '127.0.0.1:99999'])
    expect(parseConfig(JSON.stringify({ ...config, metrics }), '/x/agent.json')).toMatchObject({
      ok: false,
      sentence: expect.stringContaining('metrics') as unknown,
    });
});
