import { ROLES, type Role } from '#ledger/contracts/shared/roles.ts';

/** A page of the portal, as navigation names it. */
export interface PageLink {
  readonly label: string;
  readonly href: string;
  /** Current on the pages below it as well. */
  readonly isParent?: boolean;
}

interface RoleWords {
  /** For people; the code is the standard's. */
  readonly title: string;
  /** What who holds it does, as the end of a sentence. */
  readonly does: string;
  /** With every account, or by a vote of the node providers. */
  readonly isGot: 'with-account' | 'by-vote';
}
/** Where a role works: `home` is the page that its holders come to first. */
type WithPages = RoleWords & { readonly home: string; readonly pages: readonly PageLink[] };
type WithoutPages = RoleWords & { readonly home?: never; readonly pages?: never };
export type RoleFacts = WithPages | WithoutPages;

const CUSTOMER_HOME = '/customer';

/** The one table of roles. What a role may do is decided by the permission table and the contracts, not here. */
export const roles: { readonly [Code in Role]: RoleFacts } = {
  NRC: {
    title: 'Customer',
    does: 'finds resources, applies and uses them',
    isGot: 'with-account',
    home: CUSTOMER_HOME,
    pages: [
      { label: 'Home', href: CUSTOMER_HOME },
      { label: 'Orders', href: '/customer/orders', isParent: true },
      { label: 'Wallet', href: '/customer/wallet' },
      { label: 'Roles', href: '/customer/roles' },
      { label: 'Programs', href: '/customer/programs' },
      { label: 'Account and keys', href: '/customer/account' },
    ],
  },
  NRP: {
    title: 'Provider',
    does: 'publishes and serves resources',
    isGot: 'by-vote',
    home: '/provider',
    pages: [
      { label: 'Home', href: '/provider' },
      { label: 'Resources', href: '/provider/resources', isParent: true },
      { label: 'Publish', href: '/provider/publish' },
      { label: 'Orders', href: '/provider/orders', isParent: true },
      { label: 'Agents', href: '/provider/agents' },
    ],
  },
  NRB: { title: 'Broker', does: 'keeps the registry and matches demands', isGot: 'by-vote' },
  NRNSP: {
    title: 'Node provider',
    does: 'runs a consensus node and votes',
    isGot: 'by-vote',
    home: '/node-provider',
    pages: [
      { label: 'Proposals and votes', href: '/node-provider' },
      { label: 'Validators', href: '/node-provider/validators' },
      { label: 'Rules and parameters', href: '/node-provider/parameters' },
    ],
  },
  NRNSM: { title: 'Maintainer', does: 'watches and repairs the nodes', isGot: 'by-vote' },
  NO: { title: 'Operator', does: 'watches the network and compares identities', isGot: 'by-vote' },
};

/** The role that every account has from its beginning. */
export const FIRST_ROLE = 'NRC' satisfies Role;

/** Roles that an account gets by a vote, in the standard's order. */
export const REQUESTABLE_ROLES: readonly Role[] = ROLES.filter((role) => roles[role].isGot === 'by-vote');

/** Of these, the roles that have pages here: an account that got another one would find nothing that it can do with it. */
export const OFFERED_ROLES: readonly Role[] = REQUESTABLE_ROLES.filter((role) => hasPages(roles[role]));

function isRole(code: string): code is Role {
  return (ROLES as readonly string[]).includes(code);
}

/** `Provider (NRP)`: a role's title beside the standard's abbreviation; a word that is no role stays as it is. */
export function roleName(code: string): string {
  return isRole(code) ? `${roles[code].title} (${code})` : code;
}

function hasPages(facts: RoleFacts): facts is WithPages {
  return facts.home !== undefined;
}

/** The roles among these words that have pages: those got by vote first, because whoever holds one of them works there. */
function rolesWithPages(codes: readonly string[]): WithPages[] {
  const held = ROLES.filter((role) => codes.includes(role)).map((role) => roles[role]);
  const byVoteFirst = [
    ...held.filter(({ isGot }) => isGot === 'by-vote'),
    ...held.filter(({ isGot }) => isGot !== 'by-vote'),
  ];
  return byVoteFirst.filter(hasPages);
}

/** The page that somebody with these roles comes to first; a person without an account comes to the customer's, where one is made. */
export function homeOf(codes: readonly string[]): string {
  return rolesWithPages(codes)[0]?.home ?? CUSTOMER_HOME;
}

/** Places of a role, with its title. */
export type Places = Pick<WithPages, 'title' | 'home' | 'pages'>;

/** Where somebody with these roles can go: the customer's places, which everybody has who is signed in, then those of each other role. */
export function placesOf(codes: readonly string[]): Places[] {
  const held = ROLES.filter((role) => role === FIRST_ROLE || codes.includes(role));
  return held.map((role) => roles[role]).filter(hasPages);
}
