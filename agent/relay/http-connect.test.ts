import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HEAD_BYTES_MAX, parseConnect, refusalText } from './http-connect.ts';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const head = (...lines: string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
const statusOf = (bytes: Buffer): unknown => {
  const parsed = parseConnect(bytes);
  return parsed.state === 'bad' ? parsed.status : parsed.state;
};

describe('a request for a tunnel', () => {
  test('names its target and who asks; what follows it is the target’s', () => {
    const request = head(
      'CONNECT example.org:443 HTTP/1.1',
      'Host: example.org:443',
      `Proxy-Authorization: ${basic('12:ab:c')}`,
      'User-Agent: curl/8',
    );
    expect(parseConnect(Buffer.concat([request, Buffer.from([22, 3, 1])]))).toEqual({
      state: 'done',
      value: { target: { host: 'example.org', port: 443 }, login: { user: '12', password: 'ab:c' } },
      length: request.length,
    });
    expect(parseConnect(head('CONNECT [2001:db8::1]:80 HTTP/1.0'))).toMatchObject({
      value: { target: { host: '2001:db8::1', port: 80 }, login: null },
    });
  });

  test.each([
    ['another method', ['GET http://example.org/ HTTP/1.1'], 405],
    ['a method in small letters', ['connect example.org:443 HTTP/1.1'], 405],
    ['no port', ['CONNECT example.org HTTP/1.1'], 400],
    ['a port that there is not', ['CONNECT example.org:65536 HTTP/1.1'], 400],
    ['a port with a zero before it', ['CONNECT example.org:0443 HTTP/1.1'], 400],
    ['an IPv6 address without brackets', ['CONNECT ::1:443 HTTP/1.1'], 400],
    ['brackets around a name', ['CONNECT [example.org]:443 HTTP/1.1'], 400],
    ['a user in the target', ['CONNECT a@example.org:443 HTTP/1.1'], 400],
    ['a zone', ['CONNECT [fe80::1%25lo]:443 HTTP/1.1'], 400],
    ['another version', ['CONNECT example.org:443 HTTP/2'], 400],
    ['two spaces', ['CONNECT  example.org:443 HTTP/1.1'], 400],
    ['a header that goes on in the next line', ['CONNECT example.org:443 HTTP/1.1', 'A: b', ' c'], 400],
    ['a space before the colon', ['CONNECT example.org:443 HTTP/1.1', 'A : b'], 400],
    ['a bare line feed in a header', ['CONNECT example.org:443 HTTP/1.1', 'A: b\nProxy-Authorization: x'], 400],
    ['a NUL in a header', ['CONNECT example.org:443 HTTP/1.1', 'A: b\0'], 400],
    ['a body', ['CONNECT example.org:443 HTTP/1.1', 'Content-Length: 5'], 400],
    ['a body in chunks', ['CONNECT example.org:443 HTTP/1.1', 'Transfer-Encoding: chunked'], 400],
    [
      'two logins',
      [
        'CONNECT example.org:443 HTTP/1.1',
        `Proxy-Authorization: ${basic('1:a')}`,
        `Proxy-Authorization: ${basic('2:b')}`,
      ],
      400,
    ],
  ])('with %s is refused', (_what, lines, status) => expect(statusOf(head(...lines))).toBe(status));

  test.each(['Bearer abc', 'Basic', 'Basic ????', basic('no colon')])('nobody is told of by %j', (value) => {
    expect(parseConnect(head('CONNECT example.org:443 HTTP/1.1', `Proxy-Authorization: ${value}`))).toMatchObject({
      value: { login: null },
    });
  });

  test('is waited for until its head is whole, and no longer than a head may be', () => {
    expect(statusOf(Buffer.from('CONNECT example.org:443 HTTP/1.1\r\nA: b\r\n'))).toBe('more');
    expect(statusOf(Buffer.alloc(HEAD_BYTES_MAX, 'C'))).toBe(431);
    expect(statusOf(Buffer.concat([Buffer.alloc(HEAD_BYTES_MAX, 'C'), head('')]))).toBe(431);
  });
});

test('whatever is sent is read or refused, and bytes that come one by one mean what they mean together', () => {
  const line = fc.oneof(
    fc.constantFrom(
      'CONNECT a.b:1 HTTP/1.1',
      'GET / HTTP/1.1',
      'Host: a',
      `Proxy-Authorization: ${basic('1:a')}`,
      ' x',
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), fc.boolean(), (lines, isWhole) => {
      const bytes = Buffer.from(lines.join('\r\n') + (isWhole ? '\r\n\r\n' : ''), 'latin1');
      const whole = parseConnect(bytes);
      for (let length = 0; length < bytes.length; length += 1) {
        const part = parseConnect(bytes.subarray(0, length));
        if (part.state === 'more') continue;
        expect(part).toEqual(whole);
        return;
      }
    }),
    { numRuns: 40 },
  );
});

test('a refusal has its length, ends the connection and says who may come in', () => {
  const text = refusalText(407, 'Who is it?');
  expect(text).toContain('HTTP/1.1 407 Proxy Authentication Required\r\n');
  expect(text).toContain('Proxy-Authenticate: Basic realm=');
  expect(text).toContain('Content-Length: 11\r\n');
  expect(text.endsWith('\r\n\r\nWho is it?\n')).toBe(true);
});
