import { expect, test } from 'vitest';
import type { Result } from '#ledger/core/result.ts';
import type { Outcome, TestLedger } from './test-ledger.ts';

/** Given a ledger, when a command, then the types of its events or its code. */
export interface Case {
  readonly what: string;
  readonly given: () => TestLedger;
  readonly when: (ledger: TestLedger) => Outcome;
  readonly then: number | readonly string[];
}

/** What a contract answers another one, as the outcome of a command that did only that. */
export function outcomeOf(result: Result<Outcome['events']>): Outcome {
  return result.ok ? { code: 0, events: result.value } : { code: result.code, events: [] };
}

/** Runs the cases, and checks that together they hit every code of the list. */
export function runCases(codes: Readonly<Record<string, number>>, cases: readonly Case[]): void {
  const hit = new Set<number>();
  for (const { what, given, when, then } of cases) {
    test(what, () => {
      const outcome = when(given());
      if (typeof then === 'number') {
        expect(outcome).toEqual({ code: then, events: [] });
        hit.add(then);
      } else {
        expect({ code: outcome.code, events: outcome.events.map((event) => event.type) }).toEqual({
          code: 0,
          events: then,
        });
      }
    });
  }
  test('every result code is given by some case', () => {
    const missed = Object.entries(codes).filter(([, code]) => !hit.has(code));
    expect(missed.map(([name]) => name)).toEqual([]);
  });
}
