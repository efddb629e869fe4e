import { expect, test } from 'vitest';
import { localPath } from './_session.ts';

test.each([
  '/catalogue?text=a',
  '/catalogue?text=rain+in+spring&kind=data',
  '/customer/apply/7?purpose=a%20study%2C%20of%20rain&from=2026-11-30T10:00',
  '/catalogue?text=größe',
  '/catalogue/7#terms',
])('who signs in comes back to %s with all of its query', (next) => {
  expect(localPath(next)).toBe(next);
});

test.each([
  undefined,
  '',
  'catalogue',
  '//evil.example/catalogue',
  '/\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  'https://evil.example/catalogue',
  'javascript:alert(1)',
  `/catalogue?text=${'a'.repeat(2_000)}`,
])('%j is no place of this portal', (next) => {
  expect(localPath(next)).toBeUndefined();
});
