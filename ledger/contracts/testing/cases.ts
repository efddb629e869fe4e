import { expect, test } from 'vitest';
import type { Outcome, TestLedger } from './test-ledger.ts';

/** Given a ledger, when a command, then the types of its events or its code. */
export interface Case {
  readonly what: string;
  readonly given: () => TestLedger;
  readonly when: (ledger: TestLedger) => Outcome;
  readonly then: number | readonly string[];
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
