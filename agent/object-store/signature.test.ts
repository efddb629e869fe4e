import { describe, expect, test } from 'vitest';
import { decodeChunked } from './chunked.ts';
import { parseQuery, type S3Request } from './request.ts';
import { verifySignature, type Verified, type VerifyOptions } from './signature.ts';

/** Amazon's own examples: S3 API reference, "Authenticating Requests (AWS Signature Version 4)". */
const KEY = 'AKIAIOSFODNN7EXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const AT_MS = Date.UTC(2013, 4, 24);
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const HOST = 'examplebucket.s3.amazonaws.com';

interface Example {
  readonly method?: string;
  readonly path: string;
  readonly queryString?: string;
  readonly headers?: Record<string, string>;
  readonly signedHeaders?: string;
  readonly signature?: string;
}

function requestOf({
  method = 'GET',
  path,
  queryString = '',
  headers = {},
  signedHeaders,
  signature,
}: Example): S3Request {
  const base = { host: HOST, 'x-amz-date': '20130524T000000Z', 'x-amz-content-sha256': EMPTY };
  const scope = `${KEY}/20130524/us-east-1/s3/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${signedHeaders},Signature=${signature}`;
  const sent = signedHeaders === undefined ? { host: HOST } : { ...base, authorization };
  const signal = new AbortController().signal;
  return { method, path, queryString, basePath: '', headers: { ...sent, ...headers }, body: null, signal };
}

async function verify(example: Example, options: Partial<VerifyOptions> = {}): Promise<Verified> {
  const request = requestOf(example);
  const secretOf = (id: string): string | undefined => (id === KEY ? SECRET : undefined);
  const given = { region: 'us-east-1', nowMs: AT_MS, secretOf, ...options };
  return verifySignature(request, parseQuery(request.queryString), given);
}

const getObject: Example = {
  path: '/test.txt',
  headers: { range: 'bytes=0-9' },
  signedHeaders: 'host;range;x-amz-content-sha256;x-amz-date',
  signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
};
const SHORT = 'host;x-amz-content-sha256;x-amz-date';
const PRESIGNED =
  'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';

describe('signatures of Amazon’s examples', () => {
  test.each<[string, Example]>([
    ['a read of a range', getObject],
    [
      'a write whose key is not encoded as the signature demands',
      {
        method: 'PUT',
        path: '/test$file.text',
        headers: {
          date: 'Fri, 24 May 2013 00:00:00 GMT',
          'x-amz-storage-class': 'REDUCED_REDUNDANCY',
          'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        },
        signedHeaders: 'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
        signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
      },
    ],
    [
      'a parameter without a value',
      {
        path: '/',
        queryString: 'lifecycle',
        signedHeaders: SHORT,
        signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
      },
    ],
    [
      'two parameters',
      {
        path: '/',
        queryString: 'prefix=J&max-keys=2',
        signedHeaders: SHORT,
        signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
      },
    ],
    ['a presigned address', { path: '/test.txt', queryString: PRESIGNED }],
  ])('hold: %s', async (_, example) => {
    await expect(verify(example)).resolves.toMatchObject({ accessKeyId: KEY });
  });

  test.each([
    {
      what: 'chunks',
      word: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      signedHeaders:
        'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class',
      header: ['content-length', '66824'],
      seed: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
      chunks: [
        'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
        '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
        'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
      ],
      trailer: '',
    },
    {
      what: 'chunks and their trailer',
      word: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      signedHeaders:
        'content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer',
      header: ['x-amz-trailer', 'x-amz-checksum-crc32c'],
      seed: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
      chunks: [
        'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
        '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
        '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
      ],
      trailer:
        'x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n',
    },
  ])('hold for $what, however the body is cut, and for no other body', async (example) => {
    const { payload } = await verify({
      method: 'PUT',
      path: '/examplebucket/chunkObject.txt',
      headers: {
        host: 's3.amazonaws.com',
        'content-encoding': 'aws-chunked',
        'x-amz-content-sha256': example.word,
        'x-amz-decoded-content-length': '66560',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        ...Object.fromEntries([example.header]),
      },
      signedHeaders: example.signedHeaders,
      signature: example.seed,
    });
    if (payload.form !== 'chunked') throw new Error('the payload is chunked');
    const [first, second, last] = example.chunks;
    const body = Buffer.from(
      `10000;chunk-signature=${first}\r\n${'a'.repeat(65_536)}\r\n400;chunk-signature=${second}\r\n${'a'.repeat(1_024)}\r\n0;chunk-signature=${last}\r\n${example.trailer}\r\n`,
    );
    const trailers: string[] = [];
    const decode = async (bytes: Buffer, pieceBytes: number): Promise<number> => {
      const onTrailer = (name: string, value: string): void => void trailers.push(`${name}:${value}`);
      let count = 0;
      for await (const piece of decodeChunked(inPieces(bytes, pieceBytes), { ...payload, bytes: 66_560, onTrailer }))
        count += piece.length;
      return count;
    };
    for (const pieceBytes of [1, 37, 65_536, body.length]) expect(await decode(body, pieceBytes)).toBe(66_560);
    expect(new Set(trailers).size).toBe(example.trailer === '' ? 0 : 1);
    const changed = Buffer.from(body);
    changed.writeUInt8(0x62, 66_000);
    await expect(decode(changed, 4_096)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
    await expect(decode(body.subarray(0, -90), 4_096)).rejects.toMatchObject({ code: 'IncompleteBody' });
    await expect(decode(Buffer.concat([body, body]), 4_096)).rejects.toMatchObject({ code: 'IncompleteBody' });
  });
});

describe('a signature that is not good', () => {
  const changes: [string, Example, string][] = [
    ['another address', { ...getObject, path: '/test2.txt' }, 'SignatureDoesNotMatch'],
    ['another method', { ...getObject, method: 'DELETE' }, 'SignatureDoesNotMatch'],
    ['another header', { ...getObject, headers: { range: 'bytes=0-10' } }, 'SignatureDoesNotMatch'],
    ['a parameter more', { ...getObject, queryString: 'acl' }, 'SignatureDoesNotMatch'],
    ['a parameter twice', { ...getObject, queryString: 'a=1&a=2' }, 'InvalidArgument'],
    [
      'a header of S3 that is not signed',
      { ...getObject, headers: { ...getObject.headers, 'x-amz-acl': 'private' } },
      'AccessDenied',
    ],
    [
      'a host that is not signed',
      { ...getObject, signedHeaders: 'range;x-amz-content-sha256;x-amz-date' },
      'AccessDenied',
    ],
    ['a header that was not sent', { ...getObject, signedHeaders: `a;${getObject.signedHeaders}` }, 'AccessDenied'],
    [
      'no signature',
      { ...getObject, headers: { authorization: 'AWS4-HMAC-SHA256 x' } },
      'AuthorizationHeaderMalformed',
    ],
    ['version 2', { ...getObject, headers: { authorization: 'AWS key:signature' } }, 'AuthorizationHeaderMalformed'],
    ['both kinds', { ...getObject, queryString: PRESIGNED }, 'InvalidArgument'],
    ['neither kind', { path: '/test.txt' }, 'AccessDenied'],
    [
      'half a presigned address',
      { path: '/test.txt', queryString: PRESIGNED.slice(0, -1) },
      'AuthorizationQueryParametersError',
    ],
    [
      'an expiry beyond a week',
      { path: '/test.txt', queryString: PRESIGNED.replace('86400', '604801') },
      'AuthorizationQueryParametersError',
    ],
    [
      'an expiry of nothing',
      { path: '/test.txt', queryString: PRESIGNED.replace('86400', '0') },
      'AuthorizationQueryParametersError',
    ],
  ];
  test.each(changes)('is refused: %s', async (_, example, code) => {
    await expect(verify(example)).rejects.toMatchObject({ code });
  });

  test('tells an unknown key nothing that a wrong signature does not', async () => {
    const unknown = await verify(getObject, { secretOf: () => undefined }).catch((error: unknown) => error);
    const wrong = await verify({ ...getObject, path: '/' }).catch((error: unknown) => error);
    expect(unknown).toEqual(wrong);
    expect(unknown).toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 });
  });

  test('is good for 15 minutes either way in a header, and from then to its expiry in an address', async () => {
    const minutes = (count: number): number => AT_MS + count * 60_000;
    const presigned = { path: '/test.txt', queryString: PRESIGNED };
    await expect(verify(getObject, { nowMs: minutes(15) })).resolves.toBeDefined();
    await expect(verify(getObject, { nowMs: minutes(-15) })).resolves.toBeDefined();
    for (const nowMs of [minutes(16), minutes(-16)]) {
      await expect(verify(getObject, { nowMs })).rejects.toMatchObject({ code: 'RequestTimeTooSkewed' });
    }
    await expect(verify(presigned, { nowMs: minutes(24 * 60) })).resolves.toBeDefined();
    await expect(verify(presigned, { nowMs: minutes(24 * 60) + 1 })).rejects.toMatchObject({ code: 'AccessDenied' });
    await expect(verify(presigned, { nowMs: minutes(-16) })).rejects.toMatchObject({ code: 'RequestTimeTooSkewed' });
  });

  test('names the region that would be right', async () => {
    const failure = await verify(getObject, { region: 'interpool' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'AuthorizationHeaderMalformed', details: { Region: 'interpool' } });
  });
});

async function* inPieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes)
    yield await Promise.resolve(bytes.subarray(at, at + pieceBytes));
}
