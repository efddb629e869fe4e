import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { API_ROUTES } from './_components/api-routes.ts';

test('the page of documents names every address of the API with the method that it takes, and no other', () => {
  const api = path.resolve(import.meta.dirname, '../../api');
  const files = readdirSync(path.join(api, 'v1'), { recursive: true, encoding: 'utf8' });
  const routes = files
    .filter((file) => path.basename(file) === 'route.ts')
    .map((file) => {
      const method = /otherMethods\('(GET|POST)'\)/.exec(readFileSync(path.join(api, 'v1', file), 'utf8'))?.[1];
      return `${method} /api/v1/${path.dirname(file).split(path.sep).join('/')}`;
    });
  expect(API_ROUTES.map(({ method, path: address }) => `${method} ${address}`).toSorted()).toEqual(routes.toSorted());
});
