import 'server-only';
import type { CatalogueDto, CatalogueFilter } from '#lib/shared/dto.ts';

export async function getCatalogue(filter: CatalogueFilter): Promise<CatalogueDto> {
  void filter;
  throw new Error('getCatalogue is not written yet');
}
