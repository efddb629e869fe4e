import { connect } from 'node:net';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { Figures, only } from './figures.ts';
import { readListenAddress } from './listen-address.ts';
import { tellFigures, type Listener } from './listener.ts';
import { readExposition, scrape, valuesOf } from './testing/exposition.ts';

const listeners: Listener[] = [];
afterEach(async () => {
  await Promise.all(listeners.splice(0).map((each) => each.close()));
});

async function tell(figures: Figures): Promise<string> {
  const listener = await tellFigures(figures, { host: '127.0.0.1', port: 0 });
  listeners.push(listener);
  return listener.url;
}

/** A request as somebody else's program could write it. */
function raw(url: string, text: string): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => undefined).on('close', () => resolve(answer));
  });
}

describe('figures for Prometheus', () => {
  test('counters, gauges and histograms are told with help, type and labels, and what cannot be read is absent [8.4.1-a]', async () => {
    const figures = new Figures();
    const calls = figures.counter({ name: 'own_calls_total', help: 'Calls.', labels: ['status'] });
    calls.inc({ status: '2"0\n0\\' });
    calls.inc({ status: '2"0\n0\\' }, 2);
    figures.histogram({ name: 'own_wait_seconds', help: 'Waiting.' }, [0.1, 1]).observe(0.5);
    figures.gauge({ name: 'own_height', help: 'Height.' }, () => only(7));
    figures.gauge({ name: 'own_unknown', help: 'Nobody knows.' }, () => only(null));
    figures.gauge({ name: 'own_failing', help: 'It fails.' }, () => Promise.reject(new Error('away')));
    figures.gauge({ name: 'own_throwing', help: 'It throws.' }, () => {
      throw new Error('away');
    });
    let rooms = ['one', 'two'];
    figures.gauge({ name: 'own_rooms', help: 'Rooms.', labels: ['room'] }, () =>
      rooms.map((room, index) => ({ of: { room }, value: index })),
    );
    const url = await tell(figures);
    const { samples, text } = await scrape(url);
    expect(text).toContain('own_calls_total{status="2\\"0\\n0\\\\"} 3\n');
    expect(valuesOf(samples, 'own_wait_seconds_bucket')).toEqual({ 0.1: 0, 1: 1, '+Inf': 1 });
    expect(valuesOf(samples, 'own_height')).toEqual({ '': 7 });
    for (const absent of ['own_unknown', 'own_failing', 'own_throwing'])
      expect([absent, valuesOf(samples, absent)]).toEqual([absent, {}]);
    expect(valuesOf(samples, 'own_rooms')).toEqual({ one: 0, two: 1 });
    expect(valuesOf(samples, 'process_cpu_seconds_total')['']).toBeGreaterThan(0);
    expect(valuesOf(samples, 'process_resident_memory_bytes')['']).toBeGreaterThan(1_000_000);
    expect(Object.keys(valuesOf(samples, 'nodejs_eventloop_lag_p99_seconds'))).toEqual(['']);
    rooms = ['two'];
    expect(valuesOf((await scrape(url)).samples, 'own_rooms')).toEqual({ two: 0 });
  });

  test('a figure that takes too long is absent, and the others are told', async () => {
    const figures = new Figures();
    figures.gauge({ name: 'own_slow', help: 'It hangs.' }, () => new Promise<never>(() => undefined));
    figures.gauge({ name: 'own_height', help: 'Height.' }, () => only(7));
    const { samples } = await scrape(await tell(figures));
    expect([valuesOf(samples, 'own_slow'), valuesOf(samples, 'own_height')]).toEqual([{}, { '': 7 }]);
  }, 10_000);

  test('another method, another path and another name of this machine are refused in a sentence [7.2.2-d]', async () => {
    const url = await tell(new Figures());
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const response = await fetch(url, { method });
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
    }
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(`${url}?name=x`)).status).toBe(200);
    for (const path of ['/', '/metrics/', '/metricsx', '/Metrics', '/metrics/../x', '/%6detrics'])
      expect([path, (await fetch(new URL(path, url))).status]).toEqual([path, 404]);
    const status = async (text: string): Promise<string> => (await raw(url, text)).split('\r\n')[0] ?? '';
    for (const host of ['evil.example', 'evil.example:9464', '127.0.0.1.evil.example', '', '10.0.0.1'])
      expect([host, await status(`GET /metrics HTTP/1.1\r\nhost: ${host}\r\n\r\n`)]).toEqual([
        host,
        'HTTP/1.1 421 Misdirected Request',
      ]);
    expect(await status('GET /metrics HTTP/1.1\r\n\r\n')).toBe('HTTP/1.1 400 Bad Request');
    expect(await status('GET  HTTP\r\n\r\n')).toBe('HTTP/1.1 400 Bad Request');
    const long = `GET /metrics HTTP/1.1\r\nhost: localhost\r\nx: ${'a'.repeat(9_000)}\r\n\r\n`;
    expect(await status(long)).toBe('HTTP/1.1 431 Request Header Fields Too Large');
    const body = `POST /metrics HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9999999\r\n\r\nabc`;
    expect(await status(body)).toBe('HTTP/1.1 405 Method Not Allowed');
    await scrape(url);
  });

  test('it listens on loopback alone, and says who has its port', async () => {
    for (const text of ['127.0.0.1:9464', 'localhost:1', '[::1]:65535', '127.0.0.1:0'])
      expect([text, readListenAddress(text)]).toEqual([text, expect.objectContaining({ port: expect.any(Number) })]);
    expect(readListenAddress('[::1]:9464')).toEqual({ host: '::1', port: 9464 });
    for (const text of ['', '9464', ':9464', '0.0.0.0:9464', '10.0.0.1:9464', '127.0.0.1', '127.0.0.1:65536'])
      expect([text, readListenAddress(text)]).toEqual([text, undefined]);
    for (const text of ['127.0.0.1:-1', '127.0.0.1:94640', '[::]:1', '127.0.0.1:1 ', '127.0.0.2:1', 'x@127.0.0.1:1'])
      expect([text, readListenAddress(text)]).toEqual([text, undefined]);
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    await expect(tellFigures(new Figures(), { host: '127.0.0.1', port })).rejects.toThrow(
      `Figures cannot be told at 127.0.0.1:${port}: something else listens there.`,
    );
    await new Promise((resolve) => other.close(resolve));
  });

  test('the reader of the format refuses what Prometheus would', () => {
    const own = '# HELP a_total A.\n# TYPE a_total counter\n';
    expect(readExposition(`${own}a_total{b="c"} 1\n`)).toEqual([{ name: 'a_total', labels: { b: 'c' }, value: 1 }]);
    const bad = [
      'a_total 1\n',
      `${own}a_total 1`,
      `${own}a_total x\n`,
      `${own}a_total 1\na_total 2\n`,
      `${own}b_total 1\n`,
      `${own}a_total{b="c} 1\n`,
      `${own}a_total{b="c",b="d"} 1\n`,
      `${own}${own}a_total 1\n`,
      '# TYPE a_total counter\na_total 1\n',
      '# HELP a A.\n# TYPE a counter\na 1\n',
      '# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n',
      '# HELP h H.\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
    ];
    for (const text of bad) expect(() => readExposition(text), text).toThrow();
  });
});
