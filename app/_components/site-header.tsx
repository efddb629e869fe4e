import Link from 'next/link';
import { AccountMenu } from '#components/ui/account-menu.tsx';
import { accountLabel } from '#components/ui/format.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { MobileMenu } from '#components/ui/mobile-menu.tsx';
import { NavLink } from '#components/ui/nav-link.tsx';
import { SearchDialog } from '#components/ui/search-dialog.tsx';
import { ThemeToggle } from '#components/ui/theme.tsx';
import type { SessionDto } from '#lib/shared/dto.ts';
import { navigationOf, PUBLIC_NAVIGATION } from '../_navigation.ts';
import { find } from '../actions.ts';
import { NavigationGroups } from './navigation-groups.tsx';

export function SiteHeader({ session }: { session: SessionDto | null }) {
  const groups = navigationOf(session);
  return (
    <header className="print:hidden sticky top-0 z-40 border-b border-border bg-surface">
      <div className="mx-auto flex h-14 max-w-7xl items-center gap-2 px-4 sm:gap-4">
        <Link href="/" prefetch={false} className="text-base font-semibold tracking-tight">
          Interpool
        </Link>
        <nav aria-label="Main" className="hidden items-center gap-0.5 lg:flex">
          {PUBLIC_NAVIGATION.map((item) => (
            <NavLink key={item.href} href={item.href} isParent={item.isParent ?? false}>
              {item.label}
            </NavLink>
          ))}
          {groups.length > 0 ? <span aria-hidden className="mx-1.5 h-4 w-px bg-border" /> : null}
          {groups.map((group) => (
            <NavLink key={group.home} href={group.home} isParent>
              {group.title}
            </NavLink>
          ))}
        </nav>
        <div className="ms-auto flex items-center gap-1">
          <SearchDialog find={find} />
          <ThemeToggle />
          {session ? (
            <AccountMenu
              account={session.account ? accountLabel(session.account.id) : undefined}
              name={session.account?.name ?? null}
              address={session.address}
            />
          ) : (
            <LinkButton href="/sign-in" variant="primary">
              Sign in
            </LinkButton>
          )}
          <MobileMenu>
            <NavigationGroups groups={[{ title: 'Everyone', home: '/', pages: PUBLIC_NAVIGATION }, ...groups]} />
          </MobileMenu>
        </div>
      </div>
    </header>
  );
}
