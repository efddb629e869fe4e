import 'server-only';
import type { SearchHit } from '#lib/shared/dto.ts';

export async function search(text: string): Promise<SearchHit[]> {
  void text;
  throw new Error('search is not written yet');
}
