import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { AgentDto } from '#lib/shared/dto.ts';

/** `Weather (data set), …`: what an agent can serve, by title and kind. */
export function sourcesInWords(sources: AgentDto['sources']): string {
  return sources
    .map(({ title, kind }) => `${isolatedText(title)} (${findKind(kind)?.title ?? isolatedText(kind)})`)
    .join(', ');
}
