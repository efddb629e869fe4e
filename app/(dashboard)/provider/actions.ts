'use server';

import { z } from 'zod';
import { requestTest } from '#lib/commands/request-test.ts';
import { getAccountsNamed } from '#lib/queries/accounts-named.ts';
import { getTestResult, type TestResult } from '#lib/queries/test-result.ts';
import type { AccountRef } from '#lib/shared/dto.ts';

const test = z.strictObject({
  agent: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
  sourceId: z.string().min(1).max(64),
});

/** Asks the agent to test a source; it answers through `readTest`. */
export async function startTest(asked: unknown): Promise<{ job: string } | { sentence: string }> {
  const parsed = test.safeParse(asked);
  if (!parsed.success) return { sentence: 'Choose a source of your agent first.' };
  return requestTest(parsed.data);
}

export async function readTest(job: unknown): Promise<TestResult | null> {
  return typeof job === 'string' && job.length <= 80 ? getTestResult(job) : null;
}

/** Accounts of the ledger that a text names: by id, address or public name. */
export async function findAccounts(text: unknown): Promise<AccountRef[]> {
  return typeof text === 'string' && text.length <= 120 ? getAccountsNamed(text) : [];
}
