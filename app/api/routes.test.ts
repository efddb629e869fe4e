import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toHex, utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { callerHash } from '#lib/auth/admission.ts';
import { requestText } from '#lib/auth/agent-request.ts';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { database } from '#lib/db.ts';
import { STREAMS_PER_NETWORK_MAX } from '#lib/operations/open-streams.ts';
import { limits } from '#lib/operations/rate-limits.ts';
import { places, routeAt } from '#lib/testing/api-routes.ts';
import { testPerson } from '#lib/testing/network.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';

const origin = 'http://localhost:3000';
const nobody: Viewer = { kind: 'public' };
const agent = testPerson(21);
const person: Viewer = {
  kind: 'person',
  jti: 'x',
  address: '01'.repeat(20),
  expiresAtMs: 9e15,
  account: { id: 1, roles: ['NRP'], encryptionKey: '', name: null },
};
const strings = `${process.env.VECTORS_DIR ?? '../shared/vectors'}/naughty-strings/blns.json`;
const naughty: string[] = existsSync(strings)
  ? (JSON.parse(readFileSync(strings, 'utf8')) as string[])
  : ['', '\0', "' OR 1=1 --", '<script>'];
let model: TestReadModel;

beforeAll(async () => {
  model = await startReadModel();
});
afterAll(() => model.stop());

interface Sent {
  method?: 'GET' | 'POST';
  query?: string;
  params?: Record<string, string>;
  body?: BodyInit;
  headers?: Record<string, string>;
  as?: Viewer;
}

async function send(place: string, sent: Sent = {}): Promise<Response> {
  const { method = 'GET', query = '', params = {}, body, headers = {}, as = nobody } = sent;
  const handler = (await routeAt(place))[method];
  if (handler === undefined) throw new Error(`${place} has no ${method}`);
  const request = new Request(`${origin}/api/${place}${query}`, {
    method,
    body,
    headers,
    duplex: 'half',
  } as RequestInit);
  return runAs(as, async () => handler(request, { params: Promise.resolve(params) }));
}

let sends = 0;

/** A request that an agent's key signed. */
function signed(
  method: string,
  place: string,
  options: { body?: string; query?: string; ts?: number; nonce?: string; network?: string } = {},
): Record<string, string> {
  const { body = '', query = '', ts = Date.now(), network = model.network } = options;
  const nonce = options.nonce ?? (++sends).toString(16).padStart(32, '0');
  const text = requestText({ method, path: `/api/${place}${query}`, body }, { ts, nonce, network });
  const signature = toHex(nobleCrypto.signRecoverable(nobleCrypto.sha256(utf8(text)), agent.secretKey));
  return {
    authorization: `Interpool-Agent address=0x${agent.hex},ts=${ts},nonce=${nonce},signature=${signature}`,
    'content-type': 'application/json',
  };
}

async function problemOf(response: Response): Promise<[number, string | null]> {
  const type = response.headers.get('content-type');
  const text = await response.text();
  if (type !== 'application/problem+json') return [response.status, type];
  const body = JSON.parse(text) as Record<string, unknown>;
  expect(Object.keys(body).toSorted()).toEqual(['code', 'detail', 'status', 'title', 'type']);
  expect([body.status, text.includes('at /'), text.includes('Prisma')]).toEqual([response.status, false, false]);
  return [response.status, type];
}

const PROBLEM = 'application/problem+json';
const readers = ['v1/health', 'v1/network', 'v1/resources', 'auth-nonce', 'active-person'];
const publicReads: [string, Record<string, string>][] = [
  ['v1/network', {}],
  ['v1/resources', {}],
  ['v1/resources/[id]', { id: '1' }],
  ['v1/accounts/by-address/[address]', { address: `0x${'01'.repeat(20)}` }],
  ['v1/receipts/[logIndex]', { logIndex: '0' }],
  ['v1/transactions/[tx]', { tx: '00'.repeat(32) }],
  ['events', {}],
];
const agentOnly: [string, 'GET' | 'POST'][] = [
  ['v1/agents', 'POST'],
  ['v1/agents/self', 'GET'],
  ['v1/agents/heartbeat', 'POST'],
  ['v1/portals/heartbeat', 'POST'],
  ['v1/validators/heartbeat', 'POST'],
  ['v1/agents/jobs', 'GET'],
  ['v1/identity/claims/own', 'POST'],
  ['v1/identity/reviews', 'POST'],
  ['v1/agents/jobs/[id]', 'POST'],
  ['v1/events', 'GET'],
];
/** For somebody who is known: a session, or an account's own program. */
const accountsOnly: [string, 'GET' | 'POST', Record<string, string>][] = [
  ['v1/demands', 'GET', {}],
  ['v1/notices', 'GET', {}],
  ['v1/demands/[id]', 'GET', { id: '1' }],
  ['v1/demands/[id]/why-not', 'GET', { id: '1' }],
  ['v1/tasks/[order]', 'GET', { order: '1' }],
];
/** For people who are signed in; what they see of nodes is in lib/auth/matrix.test.ts. */
const monitoring: [string, 'GET' | 'POST', Record<string, string>][] = [
  ['v1/monitoring/nodes', 'GET', { id: '1' }],
  ['v1/monitoring/nodes/[id]', 'GET', { id: '1' }],
  ['v1/monitoring/nodes/[id]/series', 'GET', { id: '1' }],
  ['v1/monitoring/nodes/[id]/check', 'POST', { id: '1' }],
  ['v1/monitoring/alerts', 'GET', { id: '1' }],
  ['v1/monitoring/alerts/[id]', 'GET', { id: '1' }],
  ['v1/monitoring/alerts/[id]/acknowledge', 'POST', { id: '1' }],
  ['v1/monitoring/rules', 'GET', { id: '1' }],
  ['v1/monitoring/rules/change', 'POST', { id: '1' }],
  ['v1/monitoring/windows', 'GET', { id: '1' }],
  ['v1/monitoring/windows/plan', 'POST', { id: '1' }],
  ['v1/monitoring/windows/[id]/change', 'POST', { id: '1' }],
  ['v1/monitoring/windows/[id]/end', 'POST', { id: '1' }],
  ['v1/monitoring/webhooks', 'GET', { id: '1' }],
  ['v1/monitoring/webhooks/add', 'POST', { id: '1' }],
  ['v1/monitoring/webhooks/[id]/change', 'POST', { id: '1' }],
  ['v1/monitoring/webhooks/[id]/remove', 'POST', { id: '1' }],
  ['v1/monitoring/measurements', 'GET', { id: '1' }],
  ['v1/identity/claims', 'GET', { id: '1' }],
  ['v1/monitoring/shifts', 'GET', { id: '1' }],
  ['v1/monitoring/consensus', 'GET', { id: '1' }],
  ['v1/monitoring/chain', 'GET', { id: '1' }],
  ['v1/monitoring/summary', 'GET', { id: '1' }],
];
const others = [
  '[[...path]]',
  'auth/[...nextauth]',
  'events',
  'v1/accounts/[id]/nonce',
  'v1/accounts/by-address/[address]',
  'v1/head',
  'v1/nodes',
  'v1/nodes/[id]',
  'v1/payloads',
  'v1/payloads/[digest]',
  'v1/profiles',
  'v1/receipts/[logIndex]',
  'v1/resources/[id]',
  'v1/transactions',
  'v1/transactions/[tx]',
];

describe('the HTTP API', () => {
  test('every route stands in these tests', () => {
    const known = [...agentOnly, ...accountsOnly, ...monitoring].map(([place]) => place);
    expect(places).toEqual([...readers, ...known, ...others].toSorted());
  });

  test.each(readers)('%s answers anybody', async (place) => {
    expect((await send(place)).status).toBe(200);
  });

  test('the catalogue is an array under items, each with its id [8.4.2-d]', async () => {
    const body = (await (
      await send('v1/resources', { query: '?text=seattle&format=csv&sort=price&page=1' })
    ).json()) as { items: { id: number }[] };
    expect(body.items.map(({ id }) => id)).toEqual([1]);
    expect((await send('v1/resources/[id]', { params: { id: '1' } })).status).toBe(200);
  });

  test.each(agentOnly)(
    '%s %s takes signed requests alone; nobody else learns more than that',
    async (place, method) => {
      for (const as of [nobody, person]) {
        const response = await send(place, {
          method,
          as,
          ...(method === 'POST' ? { body: '{}' } : {}),
          params: { id: '1' },
        });
        expect(await problemOf(response)).toEqual([401, PROBLEM]);
      }
    },
  );

  test.each(monitoring)(
    '%s by %s is for somebody who is signed in, and a stranger is told that first',
    async (place, method, params) => {
      const query = /series|chain/.test(place) ? '?range=hour' : '';
      const sent = { method, params, query, ...(method === 'POST' ? { body: '{' } : {}) };
      expect(await problemOf(await send(place, sent))).toEqual([401, PROBLEM]);
    },
  );

  test.each(accountsOnly)(
    '%s is for somebody who is known; a stranger’s is the answer of what is not there [7.2.1-b]',
    async (place, method, params) => {
      expect(await problemOf(await send(place, { method, params }))).toEqual([401, PROBLEM]);
      const forged = { authorization: 'Interpool-Agent address=0x00' };
      expect(await problemOf(await send(place, { method, params, headers: forged }))).toEqual([401, PROBLEM]);
      // The key belongs to no account: it has no demands, and is told of nobody's.
      const answer = await send(place, { method, params, headers: signed(method, place) });
      if (place === 'v1/demands') expect(await answer.json()).toMatchObject({ items: [], total: 0 });
      // As whom its requests are asked for has to be said.
      else expect(await problemOf(answer)).toEqual([place === 'v1/notices' ? 400 : 404, PROBLEM]);
    },
  );

  test('requests of brokers are listed as one’s own; a key without the role learns nothing of the market [7.2.1-b]', async () => {
    for (const query of ['', '?as=nobody', '?as=broker&open=1', '?as=broker&page=x', '?as=broker&more=1'])
      expect([query, await problemOf(await send('v1/notices', { query, as: person }))]).toEqual([
        query,
        [400, PROBLEM],
      ]);
    const listed = await send('v1/notices', { query: '?as=provider&open=true&page=1', as: person });
    expect([listed.status, await listed.json()]).toMatchObject([200, { items: [], total: 0 }]);
    for (const [query, status] of [
      ['?of=market&wait=0', 403],
      ['?of=everything&wait=0', 400],
    ] as const) {
      const headers = signed('GET', 'v1/events', { query });
      expect(await problemOf(await send('v1/events', { query, headers }))).toEqual([status, PROBLEM]);
    }
  });

  test('a filter of demands that is none is refused by name', async () => {
    const as = person;
    const refused = [
      '?status=gone',
      '?as=nobody',
      '?page=x',
      '?unmet=1',
      '?ageMsMin=-1',
      '?kind=',
      '?more=1',
      '?region=%00',
    ];
    for (const query of refused)
      expect([query, await problemOf(await send('v1/demands', { query, as }))]).toEqual([query, [400, PROBLEM]]);
    expect(
      (await send('v1/demands', { query: '?as=broker&unmet=true&kind=data&region=x&ageMsMin=5&page=1', as })).status,
    ).toBe(200);
  });

  test('an agent registers, is told whether it is paired, and works on its own jobs only', async () => {
    const registration = JSON.stringify({
      origin: 'http://localhost:4100',
      label: 'A',
      sources: [{ id: 's', kind: 'data', title: 'S' }],
    });
    const first = await send('v1/agents', {
      method: 'POST',
      body: registration,
      headers: signed('POST', 'v1/agents', { body: registration }),
    });
    expect(await first.json()).toEqual({
      code: expect.stringMatching(/^[2-9A-HJ-NP-Z]{8}$/),
      expiresAtMs: expect.any(Number),
    });
    const self = await send('v1/agents/self', { headers: signed('GET', 'v1/agents/self') });
    expect(await self.json()).toEqual({ paired: false, account: null, key: null });
    const job = {
      agent: agent.hex,
      kind: 'test',
      account: 1n,
      sourceId: 's',
      state: 'waiting',
      expiresAt: new Date(Date.now() + 60_000),
    };
    const { id } = await database().job.create({ data: job });
    const jobs = (await (
      await send('v1/agents/jobs', { query: '?wait=0', headers: signed('GET', 'v1/agents/jobs', { query: '?wait=0' }) })
    ).json()) as object;
    expect(jobs).toEqual({
      jobs: [{ id: id.toString(), kind: 'test', sourceId: 's', owner: 1, network: model.network }],
    });
    const answer = JSON.stringify({ what: 'failure', sentence: 'The file is gone.' });
    const post = (jobId: string) =>
      send('v1/agents/jobs/[id]', {
        method: 'POST',
        params: { id: jobId },
        body: answer,
        headers: signed('POST', 'v1/agents/jobs/[id]', { body: answer }),
      });
    expect([
      (await post('999')).status,
      (await post(id.toString())).status,
      (await post(id.toString())).status,
    ]).toEqual([404, 204, 404]);
  });

  test('a signature counts once, for one minute, one method, one path, one body and one network', async () => {
    const place = 'v1/agents/self';
    const good = signed('GET', place);
    expect((await send(place, { headers: good })).status).toBe(200);
    const body = JSON.stringify({ atMs: 1, sources: [], load: { cpu: 0, memoryBytes: 0, openLinks: 0 } });
    const cases: [string, string, Sent][] = [
      ['sent again', place, { headers: good }],
      ['two minutes old', place, { headers: signed('GET', place, { ts: Date.now() - 61_000 }) }],
      ['from the future', place, { headers: signed('GET', place, { ts: Date.now() + 61_000 }) }],
      ['for another network', place, { headers: signed('GET', place, { network: '00'.repeat(32) }) }],
      ['for another method', place, { headers: signed('POST', place) }],
      ['for another query', place, { headers: signed('GET', place), query: '?x=1' }],
      [
        'for another body',
        'v1/agents/heartbeat',
        { method: 'POST', body, headers: signed('POST', 'v1/agents/heartbeat', { body: '{}' }) },
      ],
      [
        'of another address',
        place,
        { headers: { authorization: signed('GET', place).authorization?.replace(agent.hex, '00'.repeat(20)) ?? '' } },
      ],
    ];
    for (const [what, where, sent] of cases) expect([what, (await send(where, sent)).status]).toEqual([what, 401]);
  });

  test.each([
    'ftp://localhost:4100',
    'http://example.org',
    'https://user:pass@example.org',
    'https://example.org/path',
    'https://example.org?x',
    'HTTPS://EXAMPLE.ORG',
    'javascript:alert(1)',
    'https://example.org; script-src *',
    'https://example.org,sandbox',
    "https://example.org';id;'",
    'http://localhost.example.org',
    '',
  ])('an agent’s origin %j is refused with a sentence', async (gateway) => {
    const body = JSON.stringify({ origin: gateway, label: 'A', sources: [] });
    const response = await send('v1/agents', { method: 'POST', body, headers: signed('POST', 'v1/agents', { body }) });
    expect(await problemOf(response)).toEqual([400, PROBLEM]);
  });

  test('bodies: too large, of another type, not JSON, not UTF-8, of another shape', async () => {
    const json = { 'content-type': 'application/json' };
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(8_192)) });
    const cases: [string, Sent, number][] = [
      ['endless', { body: endless, headers: json }, 413],
      ['a form', { body: 'transaction=00', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
      ['not JSON', { body: '{"transaction":', headers: json }, 400],
      ['not UTF-8', { body: Uint8Array.of(0x22, 0xff, 0x22), headers: json }, 400],
      ['an array', { body: '[]', headers: json }, 400],
      ['a number', { body: '{"transaction":1}', headers: json }, 400],
      ['a field too many', { body: '{"transaction":"00","admin":true}', headers: json }, 400],
      ['not hex', { body: '{"transaction":"zz"}', headers: json }, 400],
      ['no transaction', { body: '{"transaction":"00"}', headers: json }, 400],
      ['longer than a transaction', { body: JSON.stringify({ transaction: '00'.repeat(16_386) }), headers: json }, 400],
    ];
    for (const [what, sent, status] of cases) {
      expect([what, await problemOf(await send('v1/transactions', { method: 'POST', ...sent }))]).toEqual([
        what,
        [status, PROBLEM],
      ]);
    }
  });

  test('hostile text in any path, query or field is refused or finds nothing, and leaves nothing behind [8.4.2-b]', async () => {
    const json = { 'content-type': 'application/json' };
    const tryOne = async (text: string): Promise<void> => {
      const encoded = encodeURIComponent(text.toWellFormed());
      // An agent signs the query as its HTTP client writes it.
      const after = new URL(`${origin}/?after=${encoded}`).search;
      const responses = await Promise.all([
        send('v1/resources', { query: `?text=${encoded}&kind=${encoded}&region=${encoded}&format=${encoded}` }),
        send('v1/resources', { query: `?page=${encoded}&sort=${encoded}` }),
        send('v1/resources/[id]', { params: { id: text } }),
        send('v1/accounts/by-address/[address]', { params: { address: text } }),
        send('v1/accounts/[id]/nonce', { params: { id: text } }),
        send('v1/transactions/[tx]', { params: { tx: text } }),
        send('v1/receipts/[logIndex]', { params: { logIndex: text } }),
        send('v1/receipts/[logIndex]', { params: { logIndex: '1' }, query: `?from=${encoded}` }),
        send('v1/head', { query: `?from=${encoded}` }),
        send('v1/demands', { query: `?kind=${encoded}&status=open`, as: person }),
        send('v1/demands', {
          query: `?as=broker&region=${encoded}`,
          as: { ...person, account: { ...person.account, roles: ['NRB'] } } as Viewer,
        }),
        send('v1/demands/[id]', { params: { id: text }, as: person }),
        send('v1/demands/[id]/why-not', { params: { id: text }, query: `?after=${encoded}`, as: person }),
        send('v1/tasks/[order]', { params: { order: text }, as: person }),
        send('v1/payloads/[digest]', { params: { digest: text }, as: person }),
        send('v1/transactions', { method: 'POST', body: JSON.stringify({ transaction: text }), headers: json }),
        send('v1/profiles', {
          method: 'POST',
          body: JSON.stringify({ account: 1, name: text, salt: text }),
          headers: json,
        }),
        send('v1/events', { query: after, headers: signed('GET', 'v1/events', { query: after }) }),
      ]);
      // 503: a text that is a number got as far as the ledger, which is away here.
      const statuses = responses.map(({ status }) => status);
      expect([text, statuses.filter((status) => ![200, 400, 404, 503].includes(status))]).toEqual([text, []]);
    };
    for (let start = 0; start < naughty.length; start += 16) {
      await database().rateLimit.deleteMany();
      await Promise.all(naughty.slice(start, start + 16).map(tryOne));
    }
    expect(await database().profile.count()).toBe(0);
  }, 120_000);

  test('a trail begins at a height: anything else is refused by name, on every route that has one [8.3.1-b]', async () => {
    await database().rateLimit.deleteMany();
    for (const query of ['?from=x', '?from=', '?from=-1', `?from=${'9'.repeat(16)}`]) {
      const answers = await Promise.all([
        send('v1/head', { query }),
        send('v1/receipts/[logIndex]', { params: { logIndex: '1' }, query }),
        send('v1/events', { query, headers: signed('GET', 'v1/events', { query }) }),
      ]);
      for (const answer of answers) {
        expect([query, answer.status, await answer.json()]).toMatchObject([
          query,
          400,
          { detail: 'from must be a height.' },
        ]);
      }
    }
    expect((await send('v1/head', { query: '?from=9' })).status).toBe(503);
  });

  test('with the ledger away, what needs it says so and when to try again; the catalogue still answers', async () => {
    const response = await send('v1/accounts/[id]/nonce', { params: { id: '1' } });
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await problemOf(response)).toEqual([503, PROBLEM]);
    expect(await (await send('v1/health')).json()).toEqual({
      status: 'degraded',
      height: 7,
      replayPercent: 100,
      lagMs: null,
      // The sample chain's newest block lies ahead of now, which is told too.
      troubles: [expect.stringContaining('The ledger does not answer'), expect.stringContaining('The clock')],
    });
    expect((await send('v1/resources')).status).toBe(200);
  });

  test('too many requests are 429 with the seconds to wait, counted for everybody apart', async () => {
    await database().rateLimit.deleteMany();
    const statuses = await Promise.all(Array.from({ length: 40 }, async () => (await send('auth-nonce')).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(30);
    const refused = await send('auth-nonce');
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await send('v1/resources')).status).toBe(200);
  });

  test('a profile is published only by who knows the salt behind the ledger’s commitment', async () => {
    await database().rateLimit.deleteMany();
    const body = JSON.stringify({ account: 1, name: 'Somebody', salt: '00'.repeat(32) });
    const response = await send('v1/profiles', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(await problemOf(response)).toEqual([400, PROBLEM]);
  });

  test('live updates say a height, the portal’s version and nothing else to nobody in particular', async () => {
    const stop = new AbortController();
    const { GET } = await routeAt('events');
    const request = new Request(`${origin}/api/events`, { signal: stop.signal });
    const response = await runAs(nobody, async () => GET!(request, { params: Promise.resolve({}) }));
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const first = new TextDecoder().decode((await reader.read()).value);
    // The version stands in no file before the pages are built.
    expect(first.replace(/,"version":"[\w-]+"/, '')).toBe('retry: 2000\ndata: {"height":7,"changed":[]}\n\n');
    stop.abort();
    await reader.cancel();
  });

  test('a network address with as many streams open as it may is refused another, and an agent’s waiting there too [7.2.3-c]', async () => {
    const network = await runAs(nobody, callerHash);
    const held = { network, expiresAt: new Date(Date.now() + 3_600_000) };
    await database().openStream.createMany({ data: Array.from({ length: STREAMS_PER_NETWORK_MAX }, () => held) });
    const waiting = (wait: number) => {
      const query = `?wait=${wait}`;
      return send('v1/agents/jobs', { query, headers: signed('GET', 'v1/agents/jobs', { query }) });
    };
    for (const refused of [await send('events'), await waiting(1_000)]) {
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1);
      expect(await problemOf(refused)).toEqual([429, PROBLEM]);
    }
    expect((await waiting(0)).status).toBe(200);
    await database().openStream.deleteMany();
    expect((await waiting(1)).status).toBe(200);
    // The place is given back beside the answer, not before it.
    while ((await database().openStream.count({ where: { holder: `agent:${agent.hex}` } })) > 0) continue;
  });

  test('public reads stop with 429 once an address has used up its own; health is still told [7.2.3-c]', async () => {
    const subject = `ip:${await runAs(nobody, callerHash)}`;
    const used = { tokens: -3_600 * limits.read.perSecond, updatedAt: new Date() };
    const row = { bucket: 'read', subject };
    await database().rateLimit.upsert({ where: { bucket_subject: row }, create: { ...row, ...used }, update: used });
    // What this process has drawn before is still handed out.
    for (let n = 0; n < limits.read.draw; n++) await send('v1/network');
    for (const [place, params] of publicReads) {
      const refused = await send(place, { params });
      expect([place, refused.headers.get('retry-after')]).toEqual([place, '1']);
      expect([place, await problemOf(refused)]).toEqual([place, [429, PROBLEM]]);
    }
    expect((await send('v1/health')).status).toBe(200);
  });
});
