import { expect, test } from 'vitest';
import { linkOf } from './gateway.ts';

const descriptor = { path: '/v1/agreements/1/rows', token: 'a'.repeat(64) };

test.each(['https://data.example', 'https://data.example:8443', 'http://127.0.0.1:4100', 'http://[::1]:4100'])(
  'a link begins at the gateway %s',
  (gateway) => {
    expect(linkOf(gateway, descriptor)?.url).toBe(`${gateway}/v1/agreements/1/rows`);
  },
);

test.each(["https://a';id;'.example", 'https://a$(id).example', 'https://a`id`.example', 'javascript:alert(1)', 'x'])(
  'no link, and so no command line to copy, is made of %j',
  (gateway) => {
    expect(linkOf(gateway, descriptor)).toBeUndefined();
  },
);
