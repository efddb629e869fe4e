import 'server-only';
import { methods, type MethodName } from '#ledger/contracts/definitions.ts';
import { ROLES } from '#ledger/contracts/shared/roles.ts';

/** Who somebody is to the permission table: nobody in particular, signed in, with an account, an agent, and the roles of Y.2345. */
export const HOLDERS = ['public', 'signed-in', 'account', 'agent', ...ROLES] as const;
export type Holder = (typeof HOLDERS)[number];

export interface Permission {
  readonly holders: readonly Holder[];
  /** True: only for a subject that belongs to the viewer (its party, its owner); anybody else's looks as if it did not exist. */
  readonly isOwnOnly: boolean;
  /** True: a key that an account authorised may too, where the account holds one of the roles. */
  readonly isForPrograms?: true;
}

const anyone = (...holders: Holder[]): Permission => ({ holders, isOwnOnly: false });
const own = (...holders: Holder[]): Permission => ({ holders, isOwnOnly: true });
const withPrograms = (permission: Permission): Permission => ({ ...permission, isForPrograms: true });

/**
 * The one permission table: role × action. A command's action is the method it submits. Roles are compared nowhere else; the ledger
 * checks again by its own state, so a hole here can show something, but never write it.
 */
const pagePermissions = {
  'catalogue.read': anyone('public'),
  'network.read': anyone('public'),
  'explorer.read': anyone('public'),
  'account.read': anyone('public'),
  'admission.read': anyone('account'),
  'order.read': own('account', 'agent'),
  'orders.list': own('account'),
  'refusals.list': own('account'),
  'wallet.read': own('account'),
  'keys.list': own('account'),
  'resources.own': own('NRP'),
  'agents.list': own('NRP'),
  'agent.pair': anyone('NRP'),
  'pairing.read': own('NRP'),
  'test.request': own('NRP'),
  'test.read': own('NRP'),
  'demands.list': own('account', 'agent'),
  'demand.read': own('account', 'agent'),
  // Providers look through what is asked for, brokers through everything: by themselves or by programs of theirs.
  'demands.open': withPrograms(own('NRP')),
  'desk.read': withPrograms(anyone('NRB')),
  'notices.list': withPrograms(own('NRB', 'NRNSP', 'NRP')),
  'payload.save': own('account', 'agent'),
  'payload.read': own('account', 'agent'),
  // How nodes are: everybody's for who looks after the network, one's own for who runs one.
  'monitoring.read': anyone('NRNSM', 'NRNSP', 'NO'),
  'monitoring.own': own('account'),
  // Maintainers judge nodes by it, by programs of theirs.
  'monitoring.measure': withPrograms(anyone('NRNSM')),
  'audit.read': anyone('NO'),
  'identity.ask': own('account'),
  'identity.state': own('account', 'agent'),
  // A session of a service node: its parties, and the operator that pays for it.
  'session.read': own('account'),
  'proximity.operate': own('NO'),
  // Operators, and programs of theirs.
  'identity.judge': withPrograms(own('NO')),
  'alert.acknowledge': anyone('NRNSM'),
  'alert-rule.change': anyone('NRNSM'),
  'maintenance.all': anyone('NRNSM'),
  'maintenance.own': own('account'),
  // Maintainers with the operator of a node, about an incident of it.
  'support.talk': own('account'),
  'webhooks.manage': anyone('NRNSM'),
  'proposals.read': anyone('account'),
  'search.read': anyone('public'),
  'receipt.read': anyone('public'),
  'receipt.private': own('account', 'agent'),
  'live.read': anyone('public'),
  'profile.save': anyone('signed-in'),
  'transaction.prepare': anyone('signed-in'),
  'agent.register': anyone('agent'),
  'agent.work': anyone('agent'),
  'agent.events': anyone('agent'),
} as const satisfies Record<string, Permission>;

/** Every method of the ledger, by what its definition says of who may send it. */
const commandPermissions = Object.fromEntries(
  methods.map(({ name, definition: { from } }) => [
    name,
    from === 'signed-in' ? anyone('signed-in') : own(...(typeof from === 'string' ? [from] : from)),
  ]),
) as Record<MethodName, Permission>;

/** The one permission table. */
export const permissions = { ...pagePermissions, ...commandPermissions };

export type Action = keyof typeof permissions;
