import type { SessionDto } from '#lib/shared/dto.ts';

export interface NavigationItem {
  label: string;
  href: string;
  /** Current on the pages below it as well. */
  isParent?: boolean;
}

export interface NavigationGroup {
  title: string;
  home: string;
  items: NavigationItem[];
}

export const PUBLIC_NAVIGATION: readonly NavigationItem[] = [
  { label: 'Catalogue', href: '/catalogue', isParent: true },
  { label: 'Explorer', href: '/explorer', isParent: true },
  { label: 'Verify a receipt', href: '/verify' },
];

const CUSTOMER: NavigationGroup = {
  title: 'Customer',
  home: '/customer',
  items: [
    { label: 'Home', href: '/customer' },
    { label: 'Orders', href: '/customer/orders', isParent: true },
    { label: 'Wallet', href: '/customer/wallet' },
    { label: 'Roles', href: '/customer/roles' },
    { label: 'Account and keys', href: '/customer/account' },
  ],
};

/** Which places a role opens. What may be done there is decided by each query and command for itself. */
const BY_ROLE: Readonly<Record<string, NavigationGroup>> = {
  NRP: {
    title: 'Provider',
    home: '/provider',
    items: [
      { label: 'Home', href: '/provider' },
      { label: 'Resources', href: '/provider/resources' },
      { label: 'Publish', href: '/provider/publish' },
      { label: 'Orders', href: '/provider/orders', isParent: true },
      { label: 'Agents', href: '/provider/agents' },
    ],
  },
  NRNSP: {
    title: 'Node provider',
    home: '/node-provider',
    items: [
      { label: 'Proposals and votes', href: '/node-provider' },
      { label: 'Validators', href: '/node-provider/validators' },
      { label: 'Rules and parameters', href: '/node-provider/parameters' },
    ],
  },
};

/** Everyone who is signed in has the customer's places; other roles add theirs. */
export function navigationOf(session: SessionDto | null): NavigationGroup[] {
  if (!session) return [];
  const others = (session.account?.roles ?? []).flatMap((role) => BY_ROLE[role] ?? []);
  return [CUSTOMER, ...others];
}
