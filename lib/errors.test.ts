import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codeDefinitions, definitions } from '#ledger/contracts/definitions.ts';
import { knownCodes, portalCodes, problemOf, wordsOf } from './errors.ts';

const all = knownCodes();

const schemaFile = `${process.env.VECTORS_DIR ?? '../shared/vectors'}/problem-rfc9457/problem.schema.json`;

describe('errors', () => {
  test('every number stands for one failure, and a contract’s numbers are its id × 100 + n', () => {
    const numbers = [...codeDefinitions.map(({ code }) => code), ...Object.values(portalCodes)];
    expect(all.toSorted((left, right) => left - right)).toEqual(numbers.toSorted((left, right) => left - right));
    for (const { id, codes } of Object.values(definitions)) {
      const outside = Object.values(codes).filter(({ code }) => code <= id * 100 || code >= (id + 1) * 100);
      expect([id, outside]).toEqual([id, []]);
    }
  });

  test('every code has one status', () => {
    for (const code of all)
      expect([code, wordsOf(code).sentence === wordsOf(-1).sentence]).toEqual([code, code === portalCodes.INTERNAL]);
  });

  test('every sentence says what happened and what to do next, in whole sentences', () => {
    for (const code of all) {
      const { status, sentence } = wordsOf(code);
      expect([code, status >= 400 && status < 600]).toEqual([code, true]);
      expect([code, /^[A-Z].*[.;].+\.$/.test(sentence)]).toEqual([code, true]);
    }
  });

  test.skipIf(!existsSync(schemaFile))('a problem has the members of RFC 9457', () => {
    // The vector file breaks its description strings over lines with a backslash, which JSON does not allow.
    const text = readFileSync(schemaFile, 'utf8').replace(/\\\n/g, '');
    const schema = JSON.parse(text) as { properties: object };
    const problem = problemOf(14);
    const standard = ['type', 'title', 'status', 'detail'];
    for (const name of standard) expect(Object.keys(schema.properties)).toContain(name);
    expect(problem).toEqual({
      type: '/problems/14',
      title: 'Conflict',
      status: 409,
      detail: wordsOf(14).sentence,
      code: 14,
    });
    expect(problemOf(123456).status).toBe(500);
  });
});
