import { createStore, get, set, type UseStore } from 'idb-keyval';
import { keepNewest } from '#components/ui/newest.ts';
import { requestFrom, type RequestDraft } from './draft.ts';

/** Requests as they were typed, by person and demand, so that one can be asked again with less or with more. They lie in this browser alone. */

const KEPT_MAX = 100;

interface Kept {
  readonly text: string;
  readonly keptAtMs: number;
}

let store: UseStore | undefined;
function shelf(): UseStore {
  store ??= createStore('interpool-requests', 'drafts');
  return store;
}

const nameOf = (address: string, demand: number): string => `${address.toLowerCase()} ${demand}`;

/** A browser that keeps nothing loses only the way back to the form. */
export async function keepRequest(address: string, demand: number, draft: RequestDraft): Promise<void> {
  try {
    const kept: Kept = { text: JSON.stringify(draft), keptAtMs: Date.now() };
    await set(nameOf(address, demand), kept, shelf());
    await keepNewest(shelf(), KEPT_MAX);
  } catch {
    // The request itself is published already.
  }
}

/** Undefined when this browser does not have it. */
export async function findRequest(address: string, demand: number): Promise<RequestDraft | undefined> {
  const kept = await get<Kept>(nameOf(address, demand), shelf()).catch(() => undefined);
  return kept && requestFrom(kept.text);
}
