/** An address of the HTTP API, for programs. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST';
  /** With its variables as the folders of `app/api` name them. */
  readonly path: string;
  readonly does: string;
  /** `everyone`: no session is needed; what is between parties is answered to them alone. */
  readonly for: 'everyone' | 'agents';
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
    does: 'Keeps when the agent was last seen, its load and its sources.',
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
    does: 'Everything that concerns the agent’s account after ?after=, with proofs, in the order of the log.',
    for: 'agents',
  },
];
