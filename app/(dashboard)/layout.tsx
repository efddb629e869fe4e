import type { ReactNode } from 'react';
import { WalletProvider } from '#components/wallet/wallet-provider.tsx';
import { getSession } from '#lib/queries/session.ts';
import { NavigationGroups } from '../_components/navigation-groups.tsx';
import { navigationOf } from '../_navigation.ts';
import { keepSession, lookUp, prepare, submit } from '../actions.ts';

/** Side navigation by role, and wallets for the pages that sign. It guards nothing: every page and action does that for itself. */
export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const groups = navigationOf(await getSession());
  return (
    <div className="mx-auto flex w-full max-w-7xl flex-1 gap-8 px-4">
      <aside className="hidden w-44 shrink-0 border-e border-separator py-6 pe-4 lg:block print:hidden">
        <div className="sticky top-20">
          <NavigationGroups groups={groups} />
        </div>
      </aside>
      <main id="main" tabIndex={-1} className="min-w-0 flex-1 py-6 outline-none">
        <WalletProvider actions={{ lookUp, prepare, submit, keepSession }}>
          <div className="contents">{children}</div>
        </WalletProvider>
      </main>
    </div>
  );
}
