'use server';

import { prepareTransaction } from '#lib/commands/prepare-transaction.ts';
import { search } from '#lib/queries/search.ts';
import type { PreparedTransaction, SearchHit } from '#lib/shared/dto.ts';

const SEARCH_LENGTH_MAX = 120;

/** The next nonce and validity for a transaction of the session's account; null without a session. */
export async function prepare(): Promise<PreparedTransaction | null> {
  return prepareTransaction();
}

/** Orders, resources, transactions, accounts, blocks and pages that the text may mean, as far as the session may know of them. */
export async function find(text: unknown): Promise<SearchHit[]> {
  if (typeof text !== 'string') return [];
  const trimmed = text.trim().slice(0, SEARCH_LENGTH_MAX);
  return trimmed ? search(trimmed) : [];
}
