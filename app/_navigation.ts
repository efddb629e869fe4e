import type { SessionDto } from '#lib/shared/dto.ts';
import { placesOf, type PageLink, type Places } from '#lib/shared/roles.ts';

export const PUBLIC_NAVIGATION: readonly PageLink[] = [
  { label: 'Catalogue', href: '/catalogue', isParent: true },
  { label: 'Explorer', href: '/explorer', isParent: true },
  { label: 'Verify a receipt', href: '/verify' },
  { label: 'Docs', href: '/docs' },
];

/** Which places a person's roles open. What may be done there is decided by each query and command for itself. */
export function navigationOf(session: SessionDto | null): Places[] {
  return session ? placesOf(session.account?.roles ?? []) : [];
}
