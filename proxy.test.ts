import { NextRequest } from 'next/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encode } from 'next-auth/jwt';
import { database } from '#lib/db.ts';
import { createSession } from '#lib/operations/sessions.ts';
import { startReadModel, TEST_ORIGIN, TEST_SECRET, type TestReadModel } from '#lib/testing/read-model.ts';
import { proxy } from './proxy.ts';

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel();
  const sources: string[] = [];
  await database().agent.create({
    data: { address: '77'.repeat(20), origin: 'http://localhost:4100', label: 'A', sources },
  });
});
afterAll(() => model.stop());

function directives(response: Response): Map<string, string> {
  const policy = response.headers.get('content-security-policy') ?? '';
  return new Map(policy.split('; ').map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)]));
}

async function visit(
  path: string,
  options: { address?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  const headers = new Headers(options.headers);
  if (options.address !== undefined) {
    const sid = `session-of-${options.address}`;
    await database().session.deleteMany({ where: { jti: sid } });
    await createSession({ jti: sid, address: options.address, expiresAtMs: Date.now() + 60_000 });
    headers.set('cookie', `next-auth.session-token=${await encode({ secret: TEST_SECRET, token: { sid } })}`);
  }
  return proxy(new NextRequest(`http://localhost:3000${path}`, { headers }));
}

describe('the proxy', () => {
  test('scripts run by nonce alone, another one for every answer; nothing comes from elsewhere and no frame holds a page', async () => {
    const [first, second] = [directives(await visit('/')), directives(await visit('/'))];
    const nonce = /^'self' 'nonce-([A-Za-z0-9+/=]{24})' 'strict-dynamic'$/.exec(first.get('script-src') ?? '')?.[1];
    expect(nonce).toBeDefined();
    expect(second.get('script-src')).not.toContain(nonce);
    expect([
      first.get('connect-src'),
      first.get('frame-ancestors'),
      first.get('object-src'),
      first.get('base-uri'),
    ]).toEqual(["'self'", "'none'", "'none'", "'none'"]);
  });

  test('an order’s page may speak to exactly its gateway, and only its customer learns which that is [7.2.5-a]', async () => {
    const customer = '02'.repeat(20);
    for (const path of ['/customer/orders/1', '/customer/orders/1.rsc', '/customer/orders/1/receipts']) {
      const policy = directives(await visit(path, { address: customer }));
      expect([path, policy.get('connect-src')]).toEqual([path, "'self' http://localhost:4100"]);
    }
    for (const address of ['01'.repeat(20), '04'.repeat(20), undefined]) {
      expect(directives(await visit('/customer/orders/1', { address })).get('connect-src')).toBe("'self'");
    }
    expect(directives(await visit('/customer/orders', { address: customer })).get('connect-src')).toBe("'self'");
  });

  test('over https a browser is told to stay there', async () => {
    process.env.NEXTAUTH_URL = 'https://portal.example.org';
    const response = await visit('/');
    expect(response.headers.get('strict-transport-security')).toContain('max-age=31536000');
    expect(directives(response).has('upgrade-insecure-requests')).toBe(true);
    process.env.NEXTAUTH_URL = TEST_ORIGIN;
    // What a caller claims of its own connection counts for nothing.
    const claimed = await visit('/', { headers: { 'x-forwarded-proto': 'https' } });
    expect(claimed.headers.has('strict-transport-security')).toBe(false);
  });
});
