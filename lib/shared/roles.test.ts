import { expect, test } from 'vitest';
import { ROLES } from '#ledger/contracts/shared/roles.ts';
import { homeOf, placesOf, REQUESTABLE_ROLES, roleName } from './roles.ts';

test('signing in leads to the pages of the role that somebody was voted into, else to the customer’s', () => {
  expect(homeOf(['NRC', 'NRP'])).toBe('/provider');
  expect(homeOf(['NRC', 'NRNSP'])).toBe('/node-provider');
  expect(homeOf(['NRNSP', 'NRP', 'NRC'])).toBe('/provider');
  expect(homeOf(['NRC', 'NRNSM'])).toBe('/maintainer');
  expect(homeOf(['NO', 'NRC'])).toBe('/operator');
  expect(homeOf(['NRC'])).toBe('/customer');
  expect(homeOf([])).toBe('/customer');
});

test('each place is offered once, the customer’s to everybody, and each home is one of its role’s pages', () => {
  const places = placesOf([...ROLES]);
  const hrefs = places.flatMap(({ pages }) => pages.map(({ href }) => href));
  expect(new Set(hrefs).size).toBe(hrefs.length);
  expect(placesOf([])[0]?.home).toBe('/customer');
  for (const { home, pages } of places) expect(pages.map(({ href }) => href)).toContain(home);
});

test('roles are shown by title and code; a word that is none stays what it is', () => {
  expect(roleName('NRNSP')).toBe('Node provider (NRNSP)');
  expect(roleName('toString')).toBe('toString');
  expect(REQUESTABLE_ROLES).toEqual(ROLES.filter((role) => role !== 'NRC'));
});
