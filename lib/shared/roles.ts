import { ROLES, type Role } from '#ledger/contracts/shared/roles.ts';

/** A page of the portal, as navigation names it. */
export interface PageLink {
  readonly label: string;
  readonly href: string;
  /** Current on the pages below it as well. */
  readonly isParent?: boolean;
  /** Shows how many alerts wait for somebody. */
  readonly counts?: 'waiting-alerts';
}

interface RoleFacts {
  /** For people; the code is the standard's. */
  readonly title: string;
  /** What who holds it does, as the end of a sentence. */
  readonly does: string;
  /** With every account, or by a vote of the node providers. */
  readonly isGot: 'with-account' | 'by-vote';
  /** The page that its holders come to first. */
  readonly home: string;
  readonly pages: readonly PageLink[];
}

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
      { label: 'Requests', href: '/customer/requests', isParent: true },
      { label: 'Nearby', href: '/customer/nearby' },
      { label: 'Orders', href: '/customer/orders', isParent: true },
      { label: 'Wallet', href: '/customer/wallet' },
      { label: 'Rewards', href: '/customer/rewards' },
      { label: 'Roles', href: '/customer/roles' },
      { label: 'Identity', href: '/customer/identity' },
      { label: 'Assets', href: '/customer/assets' },
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
      { label: 'Demands', href: '/provider/demands', isParent: true },
      { label: 'Ranges', href: '/provider/ranges' },
      { label: 'My service node', href: '/provider/service-node' },
      { label: 'Agents', href: '/provider/agents', isParent: true },
    ],
  },
  NRB: {
    title: 'Broker',
    does: 'keeps the registry and matches demands',
    isGot: 'by-vote',
    home: '/broker',
    pages: [
      { label: 'Desk', href: '/broker' },
      { label: 'Demands', href: '/broker/demands', isParent: true },
      { label: 'Matches', href: '/broker/matches' },
      { label: 'Registry', href: '/broker/registry' },
    ],
  },
  NRNSP: {
    title: 'Node provider',
    does: 'runs a consensus node and votes',
    isGot: 'by-vote',
    home: '/node-provider',
    pages: [
      { label: 'Proposals and votes', href: '/node-provider' },
      { label: 'Nodes and classes', href: '/node-provider/nodes', isParent: true },
      { label: 'Access strategy', href: '/node-provider/access' },
      { label: 'Rating weights', href: '/node-provider/rating' },
      { label: 'Validators', href: '/node-provider/validators' },
      { label: 'Rules and parameters', href: '/node-provider/parameters' },
      { label: 'Contracts and versions', href: '/node-provider/contracts' },
    ],
  },
  NRNSM: {
    title: 'Maintainer',
    does: 'watches and repairs the nodes',
    isGot: 'by-vote',
    home: '/maintainer',
    pages: [
      { label: 'Overview', href: '/maintainer' },
      { label: 'Nodes', href: '/maintainer/nodes', isParent: true },
      { label: 'Alerts', href: '/maintainer/alerts', isParent: true, counts: 'waiting-alerts' },
      { label: 'Repairs', href: '/maintainer/repairs', isParent: true },
      { label: 'Consensus', href: '/maintainer/consensus' },
      { label: 'Allocation', href: '/maintainer/allocation' },
      { label: 'Calendar', href: '/maintainer/calendar' },
      { label: 'Rules and webhooks', href: '/maintainer/rules' },
    ],
  },
  NO: {
    title: 'Operator',
    does: 'watches the network and compares identities',
    isGot: 'by-vote',
    home: '/operator',
    pages: [
      { label: 'Network', href: '/operator' },
      { label: 'Nodes', href: '/operator/nodes', isParent: true },
      { label: 'Alerts', href: '/operator/alerts', isParent: true },
      { label: 'Identity queue', href: '/operator/identity' },
      { label: 'Proximity network', href: '/operator/proximity' },
      { label: 'Audit', href: '/operator/audit' },
    ],
  },
};

/** The role that every account has from its beginning. */
export const FIRST_ROLE = 'NRC' satisfies Role;

/** Roles that an account gets by a vote, in the standard's order. */
export const REQUESTABLE_ROLES: readonly Role[] = ROLES.filter((role) => roles[role].isGot === 'by-vote');

function isRole(code: string): code is Role {
  return (ROLES as readonly string[]).includes(code);
}

/** `Provider (NRP)`: a role's title beside the standard's abbreviation; a word that is no role stays as it is. */
export function roleName(code: string): string {
  return isRole(code) ? `${roles[code].title} (${code})` : code;
}

/** The page that somebody with these roles comes to first: of a role got by vote, because whoever holds one works there; a person without an account comes to the customer's, where one is made. */
export function homeOf(codes: readonly string[]): string {
  const first = REQUESTABLE_ROLES.find((role) => codes.includes(role));
  return first === undefined ? CUSTOMER_HOME : roles[first].home;
}

/** Places of a role, with its title. */
export type Places = Pick<RoleFacts, 'title' | 'home' | 'pages'>;

/** Where somebody with these roles can go: the customer's places, which everybody has who is signed in, then those of each other role. */
export function placesOf(codes: readonly string[]): Places[] {
  const held = ROLES.filter((role) => role === FIRST_ROLE || codes.includes(role));
  return held.map((role) => roles[role]);
}
