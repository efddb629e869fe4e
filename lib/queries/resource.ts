import 'server-only';
import type { PageOf, ResourceDetail, ResourceSummary } from '#lib/shared/dto.ts';

export async function getResource(id: number): Promise<ResourceDetail | null> {
  void id;
  throw new Error('getResource is not written yet');
}

export async function getOwnResources(page: number): Promise<PageOf<ResourceSummary>> {
  void page;
  throw new Error('getOwnResources is not written yet');
}
