import 'server-only';
import type { PageOf, ProposalDto } from '#lib/shared/dto.ts';

export async function getProposals(page: number): Promise<PageOf<ProposalDto>> {
  void page;
  throw new Error('getProposals is not written yet');
}
