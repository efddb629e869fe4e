import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { admissionCodes } from '#ledger/abci/codes.ts';
import { accountCodes } from '#ledger/contracts/account/contract.ts';
import { agreementCodes } from '#ledger/contracts/agreement/contract.ts';
import { governanceCodes } from '#ledger/contracts/governance/contract.ts';
import { nodeCodes } from '#ledger/contracts/node/contract.ts';
import { resourceCodes } from '#ledger/contracts/resource/contract.ts';
import { settlementCodes } from '#ledger/contracts/settlement/contract.ts';
import { strategyCodes } from '#ledger/contracts/strategy/contract.ts';
import { tokenCodes } from '#ledger/contracts/token/contract.ts';
import { knownCodes, portalCodes, problemOf, wordsOf } from './errors.ts';

const lists = [
  admissionCodes,
  accountCodes,
  tokenCodes,
  resourceCodes,
  strategyCodes,
  agreementCodes,
  settlementCodes,
  governanceCodes,
  nodeCodes,
  portalCodes,
];
const all = lists.flatMap((list) => Object.values(list)).toSorted((left, right) => left - right);

const schemaFile = `${process.env.VECTORS_DIR ?? '../shared/vectors'}/problem-rfc9457/problem.schema.json`;

describe('errors', () => {
  test('every code of the ledger and the portal has words and a status, and no word is without a code', () => {
    expect(knownCodes().toSorted((left, right) => left - right)).toEqual(all);
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
