import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  connection,
  hasPort,
  isRelayAddress,
  readPorts,
  readRelay,
  relayTerms,
  relayWaysTerms,
  type Relay,
} from './connection.ts';

const relay: Relay = {
  connections: 16n,
  downBytesPerS: 1_000n,
  ports: '80,443,8000-8099',
  probeBytesPerS: 900n,
  region: 'EU-DE',
  roundTripMs: 12n,
  upBytesPerS: 500n,
};

describe('the attributes of a relay', () => {
  test('are read as they were written, with a place and without', () => {
    expect(readRelay(relayTerms(relay))).toEqual(relay);
    expect(readRelay(relayTerms({ ...relay, place: '47.6,-122.3' }))).toEqual({ ...relay, place: '47.6,-122.3' });
  });

  test.each(['', '47.6', '47.61,-122.3', '91.0,0.0'])('with the place “%s” are not taken', (place) =>
    expect(connection.areAttributesSound(relayTerms({ ...relay, place }))).toBe(false),
  );

  test.each<[string, Partial<Record<keyof Relay, string>>]>([
    ['none of something', { connections: '0' }],
    ['more than there can be', { connections: '65537' }],
    ['a zero too many', { downBytesPerS: '01' }],
    ['no number', { upBytesPerS: '1e3' }],
    ['a throughput that no claim can say', { probeBytesPerS: '4294967296' }],
    ['a region that is none', { region: ' ' }],
    ['no ports', { ports: '' }],
  ])('with %s are not taken', (_what, changed) => {
    const terms = relayTerms(relay).map((term) => ({
      ...term,
      value: changed[term.name as keyof Relay] ?? term.value,
    }));
    expect(connection.areAttributesSound(terms)).toBe(false);
  });

  test('with one too few or too many are not taken', () => {
    expect(connection.areAttributesSound(relayTerms(relay).slice(1))).toBe(false);
    expect(connection.areAttributesSound([...relayTerms(relay), { name: 'x', value: '1' }])).toBe(false);
  });
});

describe('a list of ports', () => {
  test.each([
    '',
    ',',
    '0',
    '65536',
    '080',
    '80,80',
    '443,80',
    '80,81',
    '80-80',
    '90-80',
    '80-',
    '80, 443',
    '1-10,5-20',
    'http',
  ])('%j is none', (text) => expect(readPorts(text)).toBeUndefined());

  test('has no more ranges than its bound', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => String(1 + 2 * index)).join(',');
    expect(readPorts(many(32))).toHaveLength(32);
    expect(readPorts(many(33))).toBeUndefined();
  });

  test('has the ports that it names, and is written in one way', () => {
    const distinct = fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(distinct, (ports) => {
        const apart = ports
          .toSorted((left, right) => left - right)
          .filter((port, index, all) => port > (all[index - 1] ?? -1) + 1);
        const ranges = readPorts(apart.join(','));
        if (ranges === undefined) return;
        expect(apart.every((port) => hasPort(ranges, port))).toBe(true);
        expect(apart.some((port) => hasPort(ranges, port + 1) && !apart.includes(port + 1))).toBe(false);
      }),
    );
  });
});

test('a strategy shares ports that the relay connects to, and no others', () => {
  const sound = (ports: string) => connection.areWaysSound(relayWaysTerms(ports), relayTerms(relay));
  expect(['443', '80,443', '8010-8020', '80,443,8000-8099'].map(sound)).toEqual([true, true, true, true]);
  expect(['22', '443-444', '7999-8001', '1-65535', ''].map(sound)).toEqual([false, false, false, false, false]);
});

describe('what changed of a relay [I.2-7]', () => {
  const changes = (now: Partial<Relay>) => connection.changes(relayTerms({ ...relay, ...now }), relayTerms(relay));

  test.each<[string, Partial<Relay>, number]>([
    ['nothing, when all is as it was', {}, 0],
    ['nothing, when it has become wider', { connections: 20n, downBytesPerS: 2_000n, ports: '1-65535' }, 0],
    ['nothing, when it was measured anew', { roundTripMs: 90n, probeBytesPerS: 1n }, 0],
    ['less of each thing that is held', { connections: 1n, downBytesPerS: 1n, upBytesPerS: 1n }, 3],
    ['a port that is gone', { ports: '443' }, 1],
    ['where it stands', { region: 'EU-FR' }, 1],
  ])('%s', (_what, now, count) => expect(changes(now)).toHaveLength(count));

  test('name a place that is another one, or is stated no more', () => {
    const placed = relayTerms({ ...relay, place: '47.6,-122.3' });
    expect(connection.changes(relayTerms({ ...relay, place: '47.7,-122.3' }), placed)).toEqual([
      'it stands at 47.7,-122.3, published as at 47.6,-122.3',
    ]);
    expect(connection.changes(relayTerms(relay), placed)).toHaveLength(1);
  });

  test('everything, when it is no relay any more', () =>
    expect(connection.changes([], relayTerms(relay))).toHaveLength(1));
});

test('an address of a relay is a host and a port, and nothing that would stand in a line for a shell', () => {
  for (const text of ['127.0.0.1:1080', 'relay.example:443', '[2001:db8::1]:1080'])
    expect(isRelayAddress(text)).toBe(true);
  for (const text of [
    '',
    ':1080',
    'relay.example',
    'relay.example:0',
    'a:65536',
    '$(reboot):1',
    'a b:1',
    'a:1\n',
    '"a:1',
    'a`x`:1',
    '-x:1',
  ])
    expect([text, isRelayAddress(text)]).toEqual([text, false]);
});
