import { describe, expect, test } from 'vitest';
import { data } from '#ledger/contracts/kinds/data.ts';
import { judgedConditions } from '#ledger/contracts/admission-needs.ts';
import { HOUR_MS, amountsOfUse, quantities, terms, ways } from '#ledger/contracts/testing/samples.ts';
import { CUSTOMER, TestLedger } from '#ledger/contracts/testing/test-ledger.ts';
import { failedConditions, type Application, type IntendedUse } from './admission.ts';
import { judge, type Judged } from './judgement.ts';

const USE: IntendedUse = {
  purpose: 'journalism',
  field: 'weather',
  durationMs: 6n * HOUR_MS,
  choices: terms({ format: 'csv' }),
  amounts: amountsOfUse({ calls: 500n, bytes: 1_000n }),
};

function judged(rules: readonly string[], fields: Partial<IntendedUse> = {}): Judged[] {
  const conditions = rules.map((rule) => ({ rule, sentence: 'must hold' }));
  const ledger = new TestLedger().publish({ conditions, useMsMax: 24n * HOUR_MS });
  const use = { ...USE, ...fields };
  return judgedConditions(ledger.state, { account: CUSTOMER, resource: 1n, use, nowMs: ledger.nowMs });
}

/** Verdict and changes of one rule, `purpose=research` for each change. */
function changesFor(rule: string, fields: Partial<IntendedUse> = {}, others: readonly string[] = []): string[] {
  const [first] = judged([rule, ...others], fields);
  return (first?.changes ?? []).map((changes) =>
    changes.map(({ name, value }) => `${name.replace('use.', '')}=${value}`).join('&'),
  );
}

describe('conditions while an application is written', () => {
  test('each condition is met, unmet, or unknown as long as a field that it reads is not filled in [8.2.2-a] [I.2-4]', () => {
    const rules = [
      'use.purpose == "research"',
      "'NRC' in applicant.roles",
      'use.durationMs <= 7200000',
      'use.field == "weather"',
    ];
    const verdicts = judged(rules, { purpose: '', durationMs: 0n }).map(({ verdict, reads }) => [verdict, ...reads]);
    expect(verdicts).toEqual([
      ['unknown', 'use.purpose'],
      ['met', 'applicant.roles'],
      ['unknown', 'use.durationMs'],
      ['met', 'use.field'],
    ]);
  });

  test.each([
    ['use.purpose in ["research", "education"]', ['purpose=research', 'purpose=education']],
    ['use.purpose.startsWith("re")', ['purpose=research']],
    ['use.durationMs <= 2 * 3600000', ['durationMs=7200000']],
    ['use.durationMs <= 7200999', ['durationMs=7200000']],
    ['use.durationMs > 8 * 3600000', ['durationMs=28801000']],
    ['use.amount.calls <= 100', ['amount.calls=100']],
    ['use.amount.calls == 17 || use.amount.calls > 600', ['amount.calls=17', 'amount.calls=601']],
    ['use.choice.format == "json"', ['choice.format=json']],
    ['use.choice.format != "csv"', ['choice.format=json']],
    ['use.purpose == "research" && use.field == "energy"', ['purpose=research&field=energy']],
  ])('%s: what would meet it is found and decided by the rule itself [6.2.4-a]', (rule, expected) => {
    expect(changesFor(rule)).toEqual(expected);
  });

  test('what no field can change, what the strategy’s own limits forbid, and what breaks another condition is not offered', () => {
    expect(changesFor('"NRP" in applicant.roles')).toEqual([]);
    expect(changesFor('use.durationMs > 90000000')).toEqual([]);
    expect(changesFor('use.choice.format == "parquet"')).toEqual([]);
    expect(changesFor('use.purpose in ["research", "education"]', {}, ['use.purpose != "research"'])).toEqual([
      'purpose=education',
    ]);
  });

  test('however many conditions a change would meet, a question ends: what comes after its bound is judged, without changes', () => {
    const answers = judged(Array.from({ length: 20 }, () => 'use.purpose != "journalism"'));
    const offered = answers.filter(({ changes }) => changes.length > 0);
    expect(answers.every(({ verdict }) => verdict === 'unmet')).toBe(true);
    expect(offered.length).toBeGreaterThan(0);
    expect(offered.length).toBeLessThan(20);
  });

  test('a rule that is made to be searched for long ends the search, and every change that was found is true', () => {
    const rule = `use.amount.bytes % 1009 == 7 && use.amount.calls % 1013 == 5 && use.durationMs % 7 == 3`;
    const strategy = { conditions: Array.from({ length: 20 }, () => ({ rule, sentence: 'must hold' })) };
    const ledger = new TestLedger().publish(strategy);
    const answers = judgedConditions(ledger.state, { account: CUSTOMER, resource: 1n, use: USE, nowMs: ledger.nowMs });
    expect(answers.every(({ verdict }) => verdict === 'unmet')).toBe(true);
    const application: Application = {
      applicant: {
        account: 2n,
        roles: [],
        accountAgeMs: 0n,
        completedOrders: 0n,
        brokenOrders: 0n,
        credit: 0n,
        identifiedBy: 0n,
      },
      use: { ...USE, amounts: quantities({ calls: 2n }) },
      resource: { tags: [], kind: 'data' },
      nowMs: ledger.nowMs,
    };
    const terms = {
      accessClass: 'conditional',
      opensAtMs: 0n,
      closesAtMs: 0n,
      useMsMax: HOUR_MS * 24n,
      limits: [],
      prices: [],
    };
    const offered = {
      ...terms,
      ways: ways(),
      promise: [],
      degradedPerMille: 0n,
      conditions: [{ rule: 'use.amount.calls > 9', sentence: 'more' }],
    };
    const [first] = judge(offered, data, application);
    const amount = BigInt(first?.changes[0]?.[0]?.value ?? 0);
    const changed = { ...application, use: { ...application.use, amounts: quantities({ calls: amount }) } };
    expect([amount, failedConditions(offered, data, changed)]).toEqual([10n, []]);
  });
});
