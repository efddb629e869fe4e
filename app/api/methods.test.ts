import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAs } from '#lib/auth/viewer.ts';
import { places, routeAt } from '#lib/testing/api-routes.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
const ELSEWHERE = '[[...path]]';
const SIGN_IN = 'auth/[...nextauth]';
const ACTIONS = ['callback/siwe', 'csrf', 'error', 'providers', 'session', 'signin', 'signout', '_log'];
let model: TestReadModel;

beforeAll(async () => {
  model = await startReadModel();
});
afterAll(() => model.stop());

/** Sends a request with nothing in it, as Next does: HEAD by the handler of GET where it has none of its own. */
async function send(place: string, method: string, params: Record<string, string | string[]> = {}): Promise<Response> {
  const route = await routeAt(place);
  const handler = route[method] ?? (method === 'HEAD' ? route.GET : undefined);
  if (handler === undefined) throw new Error(`${place} leaves ${method} to Next, which answers without a problem`);
  const request = new Request(`http://localhost:3000/api/${place}`, { method });
  const response = await runAs({ kind: 'public' }, async () => handler(request, { params: Promise.resolve(params) }));
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) await response.body?.cancel();
  return response;
}

async function expectProblem(response: Response, status: number): Promise<void> {
  expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  expect(JSON.parse(await response.text())).toMatchObject({ status, detail: expect.stringMatching(/\.$/) });
}

async function allowedBy(response: Response): Promise<string[]> {
  expect(response.status).toBe(204);
  return response.headers.get('allow')?.split(', ') ?? [];
}

describe('methods and addresses that the HTTP API does not have', () => {
  test.each(places.filter((place) => place !== ELSEWHERE && place !== SIGN_IN))(
    '%s says which methods it takes, takes those, and answers the others by 405 with the same list, as a problem [7.2.2-d]',
    async (place) => {
      const allowed = await allowedBy(await send(place, 'OPTIONS'));
      for (const method of METHODS) {
        const response = await send(place, method, {
          id: '1',
          address: '1',
          tx: '1',
          logIndex: '1',
          digest: '1',
          order: '1',
        });
        expect([method, response.status === 405]).toEqual([method, !allowed.includes(method)]);
        if (response.status !== 405) continue;
        expect(response.headers.get('allow')?.split(', ')).toEqual(allowed);
        await expectProblem(response, 405);
      }
    },
  );

  test.each(ACTIONS)('auth/%s answers the methods that it does not take as a problem [7.2.2-d]', async (action) => {
    const params = { nextauth: action.split('/') };
    const allowed = await allowedBy(await send(SIGN_IN, 'OPTIONS', params));
    for (const method of METHODS.filter((name) => !allowed.includes(name))) {
      const response = await send(SIGN_IN, method, params);
      expect(response.headers.get('allow')?.split(', ')).toEqual(allowed);
      await expectProblem(response, 405);
    }
  });

  test('an address that is no route is a problem by every method, also below sign-in [7.2.2-d]', async () => {
    for (const method of METHODS) {
      await expectProblem(await send(ELSEWHERE, method, { path: ['v1', 'nothing'] }), 404);
      for (const action of ['nothing', 'signin/other', 'callback', 'session/siwe', 'verify-request'])
        await expectProblem(await send(SIGN_IN, method, { nextauth: action.split('/') }), 404);
    }
  });
});
