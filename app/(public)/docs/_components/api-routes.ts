/** An address of the HTTP API, for programs. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST';
  /** With its variables as the folders of `app/api` name them. */
  readonly path: string;
  readonly does: string;
  /**
   * `everyone`: no session is needed; what is between parties is answered to them alone. `accounts`: with a session, or signed as agents sign by
   * a key that the account authorised.
   */
  readonly for: 'everyone' | 'accounts' | 'agents';
}

/** Every address below /api/v1; a test holds the list to the routes that there are. */
export const API_ROUTES: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/api/v1/resources',
    does: 'The catalogue, by text, kind, accessClass, region, format, price, pricing, sort and page.',
    for: 'everyone',
  },
  {
    method: 'GET',
    path: '/api/v1/resources/[id]',
    does: 'One resource with metadata, strategy and history.',
    for: 'everyone',
  },
  {
    method: 'GET',
    path: '/api/v1/nodes',
    does: 'The register of nodes, by class, status, text, operator and page, with the rules for access.',
    for: 'everyone',
  },
  {
    method: 'GET',
    path: '/api/v1/nodes/[id]',
    does: 'One node with every change of its status.',
    for: 'everyone',
  },
  {
    method: 'GET',
    path: '/api/v1/network',
    does: 'What a client needs to build, sign and check: identity, anchor, the server’s clock, parameters.',
    for: 'everyone',
  },
  {
    method: 'GET',
    path: '/api/v1/health',
    does: 'Whether ledger and pages answer, and how far they are behind each other.',
    for: 'everyone',
  },
  {
    method: 'GET',
    path: '/api/v1/head',
    does: 'The newest decided header with its commit, and a trail from genesis or from ?from=.',
    for: 'everyone',
  },
  {
    method: 'GET',
    path: '/api/v1/accounts/by-address/[address]',
    does: 'Account and key of an address.',
    for: 'everyone',
  },
  {
    method: 'GET',
    path: '/api/v1/accounts/[id]/nonce',
    does: 'The next number for a transaction of an account’s key; no two answers are the same.',
    for: 'everyone',
  },
  {
    method: 'POST',
    path: '/api/v1/transactions',
    does: 'Submits a signed transaction: 200 with its outcome, 202 while it is not decided, a problem when it was not taken.',
    for: 'everyone',
  },
  {
    method: 'GET',
    path: '/api/v1/transactions/[tx]',
    does: 'The outcome of a transaction, waited for up to ?wait= milliseconds.',
    for: 'everyone',
  },
  {
    method: 'GET',
    path: '/api/v1/receipts/[logIndex]',
    does: 'The receipt of an entry of the log: of public kinds for everyone, of an order’s for its parties.',
    for: 'everyone',
  },
  {
    method: 'POST',
    path: '/api/v1/profiles',
    does: 'Publishes the name behind an account’s commitment.',
    for: 'everyone',
  },
  {
    method: 'GET',
    path: '/api/v1/demands',
    does: 'Your demands, by status, kind and page; with as=provider open ones of the kinds that you share, with as=broker every open one, by kind, region, unmet, ageMsMin and page.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/notices',
    does: 'Requests of brokers to providers: with as=broker those that you sent, with as=node-provider those that you hand on, with as=provider those that you answer, by open and page.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/demands/[id]',
    does: 'One demand: with its plans for its customer and brokers, while it is open without account and budget for providers of its kinds.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/demands/[id]/why-not',
    does: 'What keeps offers from meeting a demand, for its customer and brokers; ?after= is next of the page before.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/tasks/[order]',
    does: 'The divided task of an order: whole for its customer, of a provider’s own ranges for a provider.',
    for: 'accounts',
  },
  {
    method: 'POST',
    path: '/api/v1/payloads',
    does: 'Keeps the ciphertext of a program with its inputs (application/octet-stream, 8 MiB at most) for the agents that will run it; answers its SHA-256.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/payloads/[digest]',
    does: 'A payload, for who uploaded it and for the agents that have to run sub-tasks of it.',
    for: 'accounts',
  },
  {
    method: 'POST',
    path: '/api/v1/agents',
    does: 'Registers the agent that signed the request; answers the pairing code.',
    for: 'agents',
  },
  {
    method: 'GET',
    path: '/api/v1/agents/self',
    does: 'Whether an owner has authorised the agent’s key, and for which account.',
    for: 'agents',
  },
  {
    method: 'POST',
    path: '/api/v1/agents/heartbeat',
    does: 'Keeps when the agent was last seen and how it is: height, processor, memory, disk, clock, ways to others. Answers the portal’s clock and height, and nodes to measure the way to.',
    for: 'agents',
  },
  {
    method: 'POST',
    path: '/api/v1/validators/heartbeat',
    does: 'How validators are, by a key of the account that answers for them; those of others are left out.',
    for: 'agents',
  },
  {
    method: 'POST',
    path: '/api/v1/portals/heartbeat',
    does: 'How a portal is, by the key of its admitted node: version, processor, memory, event loop, height and blocks behind of its read model.',
    for: 'agents',
  },
  {
    method: 'GET',
    path: '/api/v1/agents/jobs',
    does: 'Jobs that wait for the agent, held open for up to ?wait= milliseconds.',
    for: 'agents',
  },
  { method: 'POST', path: '/api/v1/agents/jobs/[id]', does: 'Takes the agent’s answer to a job, once.', for: 'agents' },
  {
    method: 'GET',
    path: '/api/v1/events',
    does: 'Everything that concerns the agent’s account after ?after=, with proofs, in the order of the log; with of=market how the market changed, for brokers’ programs.',
    for: 'agents',
  },
  {
    method: 'GET',
    path: '/api/v1/monitoring/nodes',
    does: 'Nodes that the caller may see, with how each is: everybody’s for maintainers, node providers and operators, one’s own for who runs one. ?kind=, ?status=, ?text=, ?page=.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/monitoring/nodes/[id]',
    does: 'One node with its last changes, probes and ways to others.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/monitoring/nodes/[id]/series',
    does: 'What a node said over ?range= (hour, day, week, month, year).',
    for: 'accounts',
  },
  {
    method: 'POST',
    path: '/api/v1/monitoring/nodes/[id]/check',
    does: 'Has the monitor look at a node now; answers sentences.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/monitoring/alerts',
    does: 'Alerts of those nodes; ?state= open, firing, acknowledged or resolved.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/monitoring/alerts/[id]',
    does: 'One alert with its history and what was delivered.',
    for: 'accounts',
  },
  {
    method: 'POST',
    path: '/api/v1/monitoring/alerts/[id]/acknowledge',
    does: 'Says, with a note, that a maintainer looks after an alert.',
    for: 'accounts',
  },
  { method: 'GET', path: '/api/v1/monitoring/rules', does: 'Every alert rule.', for: 'accounts' },
  {
    method: 'POST',
    path: '/api/v1/monitoring/rules/change',
    does: 'Writes an alert rule, for maintainers.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/monitoring/windows',
    does: 'Maintenance windows that are not over.',
    for: 'accounts',
  },
  {
    method: 'POST',
    path: '/api/v1/monitoring/windows/plan',
    does: 'Announces a maintenance window; answers its id.',
    for: 'accounts',
  },
  {
    method: 'POST',
    path: '/api/v1/monitoring/windows/[id]/change',
    does: 'Moves a maintenance window.',
    for: 'accounts',
  },
  {
    method: 'POST',
    path: '/api/v1/monitoring/windows/[id]/end',
    does: 'Takes a maintenance window back, or ends it.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/monitoring/webhooks',
    does: 'Webhooks with what was told them lately, for maintainers.',
    for: 'accounts',
  },
  {
    method: 'POST',
    path: '/api/v1/monitoring/webhooks/add',
    does: 'Adds a webhook; its secret is answered this once.',
    for: 'accounts',
  },
  {
    method: 'POST',
    path: '/api/v1/monitoring/webhooks/[id]/change',
    does: 'Changes a webhook, or switches it off.',
    for: 'accounts',
  },
  { method: 'POST', path: '/api/v1/monitoring/webhooks/[id]/remove', does: 'Removes a webhook.', for: 'accounts' },
  {
    method: 'GET',
    path: '/api/v1/monitoring/consensus',
    does: 'The last 200 blocks by validator: who proposed, which round, whose vote is missing.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/monitoring/chain',
    does: 'What the network did over ?range=: block time, rounds, votes missing, read model behind.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/monitoring/measurements',
    does: 'What was heard and asked of nodes between ?from= and ?to=, a day apart at most, raw; ?after= goes on behind a node. For maintainers and their programs.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/identity/claims',
    does: 'Requests to be identified that wait for the operator, sealed to its program. For programs of operators.',
    for: 'accounts',
  },
  {
    method: 'POST',
    path: '/api/v1/identity/claims/own',
    does: 'What an account states to an operator, sealed to its program, before ApplyIdentity is signed. For the account’s own key.',
    for: 'agents',
  },
  {
    method: 'POST',
    path: '/api/v1/identity/reviews',
    does: 'What an operator’s program asks a person of the operator about a request, sealed to the operator’s account.',
    for: 'agents',
  },
  {
    method: 'GET',
    path: '/api/v1/monitoring/shifts',
    does: 'Shifts of cores of hosts that are proposed now, each with the alert that asks for it, and what the asking program brought and may take back, with since when nothing has been short there. For maintainers and their programs.',
    for: 'accounts',
  },
  {
    method: 'GET',
    path: '/api/v1/monitoring/summary',
    does: 'How many nodes are how, and how many alerts wait.',
    for: 'accounts',
  },
];
