// The import table of ARCHITECTURE.md. What is not listed is forbidden: each row names a folder and everything it may
// import, so that a new edge has to be argued for here. Tests stand apart, in rules of their own.
import { existsSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const builtins = builtinModules.filter((name) => !name.startsWith('_')).map(escape);

const TEST = '(\\.(test|spec)\\.(tsx?|mjs)$|(^|/)testing/|/conformance(/|\\.ts$))';
const LYING_AGENT = '^e2e/fixtures/lying-agent\\.ts$';
const LEDGER_PURE = '^ledger/(core|contracts|consensus|abci|verify)/';

/** Words that a row may use; anything else in a row is `npm:<package>` or a pattern that starts at the root. */
const words = {
  NODE: [`^(node:)?(${builtins.join('|')})(/|$)`],
  CORE: ['^ledger/core/'],
  VERIFY: ['^ledger/verify/'],
  APPLICATION: ['^ledger/abci/'],
  PORT_SHAPES: ['^ledger/abci/application\\.ts$'],
  ENGINE_PORT: ['^ledger/engines/engine\\.ts$'],
  // A record of functions on libsecp256k1 and node:crypto: it stands beside the engines, which were its first users, and knows none.
  NATIVE_CRYPTO: ['^ledger/engines/native-crypto\\.ts$'],
  DEFINITIONS: [
    '^ledger/contracts/definitions\\.ts$',
    '^ledger/contracts/[^/]+/definition\\.ts$',
    // Causes, commands and steps of incidents: lists of words, which forms offer and agents read.
    '^ledger/contracts/security/repair-words\\.ts$',
    // What a person states and an operator answers: what a browser seals and a program opens are the same bytes.
    '^ledger/contracts/identity/(identity-words|claim)\\.ts$',
    // Why sessions end, by the names of RADIUS accounting: a list of words.
    '^ledger/contracts/prose/terminate-cause\\.ts$',
    '^ledger/contracts/shared/',
    '^ledger/contracts/kinds/',
  ],
  CONTRACT_TYPES: ['^ledger/contracts/[^/]+/(contract|test-report|end-reason|key-possession)\\.ts$'],
  // What a form checks and what a contract decides is one code: the language of rules, the evaluation of a strategy and of the rules for
  // access, and how credit is reckoned.
  RULES: [
    '^ledger/contracts/strategy/(rule|admission|words)\\.ts$',
    '^ledger/contracts/node/(access|node-words)\\.ts$',
    '^ledger/contracts/credit/score\\.ts$',
    // It ranks in the browser, for a place that nobody else may know.
    '^ledger/contracts/prose/recommend\\.ts$',
    '^ledger/contracts/incentive/reward\\.ts$',
  ],
  // What a browser checks before anybody pays and what an agent refuses is one code: it reads bytes, and compiles and runs nothing.
  MODULE_RULES: ['^agent/sandbox/(module-rules|wasm)\\.ts$'],
  // What signs vouchers by a customer’s rule is one code, for programs and for browsers.
  VOUCHER_SIGNER: ['^agent/voucher-signer/(offer|rule|signer)\\.ts$'],
  // What nobody may reach who names an address from outside is one list, for webhooks and for relays.
  SPECIAL_ADDRESSES: ['^agent/relay/special-addresses\\.ts$'],
  SHARED: ['^lib/shared/'],
  DB: ['^lib/(db|database-address|database-session|read-model|replay)\\.ts$', '^prisma/generated/'],
  ENV: ['^lib/env\\.ts$'],
  VARIABLES: ['^bin/environment/variables\\.mjs$'],
  LEDGER_DOOR: ['^lib/ledger-client\\.ts$'],
  ERRORS: ['^lib/(errors|database-fault)\\.ts$'],
  REACT: npm('react', 'react-dom', 'next', '@types/react', '@types/react-dom'),
  SCREEN: npm(
    '@heroui/react',
    '@heroui/styles',
    'lucide-react',
    'geist',
    '@tanstack/react-table',
    '@tanstack/react-query',
    'next-auth',
  ),
  SERVER_ONLY: npm('server-only'),
  // One way for every process to tell its figures: it knows none of them.
  METRICS: ['^metrics/[^/]+\\.ts$'],
  // Text alone, for whoever reads an environment or a config file.
  LISTEN_ADDRESS: ['^metrics/listen-address\\.ts$'],
};

function npm(...names) {
  return names.map((name) => `(^|/)node_modules/${escape(name)}(/|$)`);
}

function patterns(row) {
  return row.split(/\s+/).flatMap((word) => {
    if (word.startsWith('npm:')) return npm(word.slice(4), `@types/${word.slice(4)}`);
    return words[word] ?? [`^${word}`];
  });
}

/** One row of the table: files under `from` import what `allowed` lists and nothing else. */
function only(name, from, allowed, comment, except = []) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: `^${from}`, pathNot: [TEST, ...except] },
    to: { pathNot: patterns(allowed) },
  };
}

/** No chain of imports, however long, leads from `from` to `to`. */
function unreachable(name, from, to, comment) {
  return { name, comment, severity: 'error', from: { path: from, pathNot: TEST }, to: { path: to, reachable: true } };
}

/** Only `from` may import `to`. */
function reserved(name, to, from, comment) {
  return { name, comment, severity: 'error', from: { pathNot: [TEST, ...from] }, to: { path: to } };
}

const ledgerRules = [
  only(
    'ledger-core',
    'ledger/core/',
    'CORE npm:@noble/curves npm:@noble/hashes npm:@bufbuild/protobuf',
    'The pure centre: cryptography and codecs by others, no Node, no DOM, no clock, no chance.',
  ),
  only(
    'ledger-contracts',
    'ledger/contracts/',
    'CORE ledger/contracts/',
    'A contract is a pure function of state, command and block time.',
    ['^ledger/contracts/shared/rule-language\\.ts$'],
  ),
  only(
    'ledger-contracts-rules',
    'ledger/contracts/shared/rule-language\\.ts$',
    'CORE npm:@bufbuild/cel npm:@bufbuild/protobuf',
    'Rules are CEL; nothing else of a contract needs the library.',
  ),
  {
    name: 'ledger-contracts-apart',
    comment:
      'A contract never imports another: it declares what it needs and the machine passes it in. Definitions are data, which everybody may read.',
    severity: 'error',
    from: { path: '^ledger/contracts/([^/]+)/', pathNot: TEST },
    to: {
      path: '^ledger/contracts/[^/]+/',
      pathNot: ['^ledger/contracts/$1/', ...words.DEFINITIONS],
      dependencyTypesNot: ['type-only'],
    },
  },
  only(
    'ledger-consensus',
    'ledger/consensus/',
    'CORE ledger/consensus/',
    'Generic over the value it decides: it knows no transaction and no contract.',
  ),
  only(
    'ledger-abci',
    'ledger/abci/',
    'CORE APPLICATION ledger/contracts/',
    'The machine composes core and contracts, synchronously; engines come to it, never the other way.',
  ),
  only(
    'ledger-verify',
    'ledger/verify/',
    'CORE VERIFY',
    'A receipt is checked by the same code in Node and in a browser with the network off.',
  ),
  only(
    'ledger-storage',
    'ledger/storage/',
    'CORE ledger/storage/ NODE',
    'Storage keeps bytes; it knows neither consensus nor the application.',
  ),
  only(
    'ledger-engine-port',
    'ledger/engines/engine\\.ts$',
    'CORE APPLICATION',
    'The port is types: whoever uses an engine does not learn which one it is.',
  ),
  only(
    'ledger-engine-embedded',
    'ledger/engines/embedded/',
    'ledger/engines/embedded/ ledger/engines/[^/]+\\.ts$ CORE ledger/consensus/ ledger/storage/ APPLICATION NODE',
    'The shell around consensus; it never knows the other engine.',
  ),
  only(
    'ledger-engine-cometbft',
    'ledger/engines/cometbft/',
    'ledger/engines/cometbft/ ledger/engines/[^/]+\\.ts$ CORE ledger/storage/ APPLICATION NODE npm:cosmjs-types npm:@cosmjs/tendermint-rpc',
    'CometBFT brings its own consensus: ours there would be a second way.',
  ),
  only(
    'ledger-client',
    'ledger/client/',
    'CORE VERIFY ledger/client/ ENGINE_PORT PORT_SHAPES DEFINITIONS NODE',
    'It speaks to the ledger process by its socket and knows no engine, only the shapes of the port.',
  ),
  only(
    'ledger-within-ledger',
    'ledger/',
    'ledger/ VARIABLES METRICS NODE npm:@noble/curves npm:@noble/hashes npm:secp256k1 npm:hash-wasm npm:@bufbuild/cel npm:@bufbuild/protobuf npm:cosmjs-types npm:@cosmjs/tendermint-rpc npm:vitest npm:fast-check',
    'The ledger stands alone: neither the portal nor the agent is known to it.',
  ),
  reserved(
    'ledger-sim-only-tests',
    '^ledger/sim/',
    ['^ledger/sim/', '^ledger/bin/simulate\\.ts$'],
    'Simulation, its faults and its Byzantine wrappers never reach production.',
  ),
  unreachable(
    'ledger-pure-reaches-no-shell',
    LEDGER_PURE,
    '^ledger/(storage|engines|client|sim|bin)/',
    'No chain of imports leads from the pure centre to a shell.',
  ),
];

const libRules = [
  only(
    'lib-projections',
    'lib/projections/',
    'lib/projections/ CORE CONTRACT_TYPES DEFINITIONS SHARED',
    'Event to row change, pure: a database client here would make a rebuild differ.',
  ),
  only(
    'lib-projector',
    'lib/projector/',
    'lib/projector/ lib/projections/ METRICS DB LEDGER_DOOR ENV VARIABLES CORE CONTRACT_TYPES DEFINITIONS ENGINE_PORT SHARED NODE SERVER_ONLY npm:@prisma/client npm:pg',
    'The only writer of the read model.',
  ),
  only(
    'lib-ledger-client',
    'lib/ledger-client\\.ts$',
    'ledger/client/ CORE VERIFY DEFINITIONS ENGINE_PORT NATIVE_CRYPTO ENV SERVER_ONLY NODE',
    'One door from the portal to the ledger process.',
  ),
  {
    name: 'lib-one-ledger-door',
    comment:
      'lib/ledger-client.ts is the only file of the portal that reaches the ledger process; the shapes of the port may be named, and the server’s cryptography reaches no process.',
    severity: 'error',
    from: { path: '^(lib|app|components)/', pathNot: [TEST, '^lib/ledger-client\\.ts$'] },
    to: {
      path: '^ledger/(client|engines|storage|consensus|sim|bin)/',
      pathNot: words.NATIVE_CRYPTO,
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'lib-native-signatures',
    comment:
      'The server checks signatures natively, about forty times as many a second as in JavaScript. Projections are pure and check none.',
    severity: 'error',
    from: { path: '^lib/', pathNot: [TEST, '^lib/projections/'] },
    to: { path: '^ledger/core/crypto-noble\\.ts$' },
  },
  only(
    'native-crypto',
    'ledger/engines/native-crypto\\.ts$',
    'CORE NODE npm:secp256k1 npm:hash-wasm',
    'The portal imports it too: it must not bring an engine along.',
  ),
  only(
    'lib-commands',
    'lib/commands/',
    'lib/commands/ lib/auth/ LEDGER_DOOR lib/queries/ lib/operations/ SHARED ERRORS CORE CONTRACT_TYPES DEFINITIONS SERVER_ONLY NODE npm:zod',
    'Authorise, parse, submit, map the code; a command writes no table by itself.',
  ),
  only(
    'lib-operations',
    'lib/operations/',
    'lib/operations/ DB ENV SHARED CORE SERVER_ONLY NODE npm:@prisma/client npm:zod',
    'Sessions, nonces, rate limits, profiles: what the ledger must not hold.',
  ),
  only(
    'lib-queries',
    'lib/queries/',
    'lib/queries/ lib/auth/ lib/operations/ lib/height-feed\\.ts$ DB LEDGER_DOOR SHARED ERRORS CORE VERIFY CONTRACT_TYPES RULES DEFINITIONS ENGINE_PORT SERVER_ONLY NODE npm:@prisma/client npm:react npm:zod',
    'Authorise, select, return a DTO; proofs and admission come through the ledger door.',
  ),
  only(
    'lib-auth',
    'lib/auth/',
    'lib/auth/ lib/operations/ lib/queries/ SHARED ENV ERRORS CORE DEFINITIONS NATIVE_CRYPTO SERVER_ONLY NODE REACT npm:next-auth npm:zod npm:viem',
    'Who may do what is decided in one place, from sessions and roles.',
  ),
  only(
    'lib-shared',
    'lib/shared/',
    'SHARED CORE DEFINITIONS npm:zod',
    'Shared shapes reach browsers: nothing of the server may come along.',
  ),
  only(
    'lib-outside',
    'lib/',
    'lib/ VARIABLES METRICS ledger/(core|client|verify)/ ENGINE_PORT NATIVE_CRYPTO CONTRACT_TYPES RULES DEFINITIONS SPECIAL_ADDRESSES prisma/generated/ NODE SERVER_ONLY REACT npm:zod npm:next-auth npm:viem npm:@prisma/client npm:@prisma/adapter-pg npm:pg',
    'lib knows no route, no component, and of the agent one list of addresses.',
  ),
  only(
    'lib-monitor',
    'lib/monitor/',
    'lib/monitor/ METRICS DB LEDGER_DOOR ENV VARIABLES CORE DEFINITIONS ENGINE_PORT SHARED SPECIAL_ADDRESSES NODE SERVER_ONLY npm:pg npm:zod',
    'The only writer of findings and alerts: it follows samples and asks the nodes themselves.',
    ['^lib/monitor/(detection|alerts)/'],
  ),
  only(
    'lib-monitor-pure',
    'lib/monitor/(detection|alerts)/',
    'lib/monitor/(detection|alerts)/ SHARED SERVER_ONLY',
    'What counts as failed and when somebody is told are functions of what was seen: no clock, no database.',
  ),
  reserved(
    'lib-monitor-apart',
    '^lib/monitor/',
    ['^lib/monitor/'],
    'The monitor is a process of its own; nothing imports it.',
  ),
  reserved(
    'lib-projector-apart',
    '^lib/projector/',
    ['^lib/projector/'],
    'The projector is a process of its own; nothing imports it.',
  ),
];

const webRules = [
  only(
    'components',
    'components/',
    'components/ SHARED VERIFY CORE DEFINITIONS RULES REACT SCREEN npm:idb-keyval',
    'Components show what they are given; only the wallet signs. What several tabs of a browser keep together stands in IndexedDB.',
    ['^components/(wallet|bucket|tasks|chart|map)/'],
  ),
  only(
    'components-chart',
    'components/chart/',
    'components/(chart|ui)/ REACT npm:d3-scale npm:d3-shape',
    'A drawing is made of numbers and words that are handed in, on the server; it knows nothing of the market.',
  ),
  only(
    'components-map',
    'components/map/',
    'components/(map|ui)/ REACT SERVER_ONLY npm:d3-geo npm:topojson-client npm:topojson-specification npm:world-atlas',
    'A map is made of places and words that are handed in, on the server; it knows neither machines nor nodes.',
  ),
  only(
    'components-bucket',
    'components/bucket/',
    'components/(bucket|ui)/ CORE DEFINITIONS REACT SCREEN npm:aws4fetch',
    'A bucket is used by its access key alone: it knows no order and no kind of resource.',
  ),
  only(
    'components-tasks',
    'components/tasks/',
    'components/(tasks|ui)/ components/wallet/gateway\\.ts$ MODULE_RULES CORE DEFINITIONS REACT SCREEN',
    'Programs are run through a link alone: it knows no order and no kind of resource.',
  ),
  only(
    'components-wallet',
    'components/wallet/',
    'components/ VOUCHER_SIGNER SHARED VERIFY CORE DEFINITIONS REACT SCREEN npm:wagmi npm:viem npm:ox npm:idb-keyval npm:@hpke/core npm:@hpke/chacha20poly1305 npm:@noble/hashes npm:@noble/curves',
    'The wallet builds typed data, signs in the browser and opens sealed descriptors.',
  ),
  unreachable(
    'components-reach-no-server',
    '^components/',
    '^(lib/(auth|commands|queries|operations|projections|projector|monitor|db|database-address|database-session|read-model|replay|env|ledger-client)|prisma/|ledger/(abci|consensus|engines|storage|client|sim|bin)/)',
    'Whatever a component reaches is sent to browsers.',
  ),
  only(
    'app',
    'app/',
    'app/ components/ lib/(auth|queries|commands|shared)/ DEFINITIONS ERRORS REACT SCREEN npm:zod npm:wagmi SERVER_ONLY',
    'Routes compose queries, commands and components; they have no rules of their own and know no ledger and no database.',
  ),
  only(
    'http-server',
    'lib/http-server/',
    'lib/http-server/ METRICS SHARED ERRORS NODE npm:next',
    'The portal’s HTTP server stands before every route: what it lets through knows nothing of who asks.',
  ),
  unreachable(
    'app-reaches-no-engine',
    '^app/',
    '^(ledger/(abci/(?!codes|application)|consensus/|engines/(?!engine\\.ts|native-crypto\\.ts)|storage/|sim/|bin/)|lib/(projector|monitor)/)',
    'Consensus and its keys live outside the web process.',
  ),
  ...foldersNamed('_components', 'app').map((folder) => ({
    name: 'app-own-components',
    comment: 'No route imports another route’s _components; what two routes need lives in components/.',
    severity: 'error',
    from: { path: '^app/', pathNot: `^${escape(folder)}/` },
    to: { path: `^${escape(`${folder}/_components/`)}` },
  })),
];

const outerRules = [
  only(
    'metrics',
    'metrics/',
    'METRICS NODE npm:prom-client',
    'Every process tells its figures in one way; what they are of is its own. Prometheus’ library stands here and nowhere else.',
  ),
  reserved(
    'metrics-apart',
    '^metrics/(figures|listener)\\.ts$',
    ['^metrics/', '^ledger/bin/', '^lib/(projector|monitor|http-server)/', '^agent/'],
    'Only the roots of processes tell figures: nothing pure, no page and no query counts anything.',
  ),
  only(
    'agent',
    'agent/',
    'agent/ METRICS CORE VERIFY CONTRACT_TYPES DEFINITIONS NODE npm:@duckdb/node-api npm:@hpke/core npm:@hpke/chacha20poly1305 npm:koa npm:zod npm:pg npm:@noble/curves npm:@noble/hashes',
    'The agent runs at the provider’s site: it reaches the network through the HTTP API only.',
    ['^agent/(object-store|relay|sandbox|broker|maintainer|keeper|portal-keeper|identity)/'],
  ),
  only(
    'agent-broker',
    'agent/broker/',
    'agent/ METRICS CORE DEFINITIONS RULES ledger/contracts/plan/ ledger/contracts/offer-index\\.ts$ ledger/contracts/agreement/application\\.ts$ ledger/contracts/demand/record\\.ts$ NODE npm:koa npm:zod',
    'A broker’s program judges by the planner’s own code, over a copy of its own; it reaches the network through the HTTP API only.',
  ),
  only(
    'agent-maintainer',
    'agent/maintainer/',
    'agent/ METRICS CORE DEFINITIONS ledger/contracts/credit/digest\\.ts$ NODE npm:zod',
    'A maintainer’s program packs what it records by the contract’s own code; it reaches the network through the HTTP API only.',
  ),
  only(
    'agent-identity',
    'agent/identity/',
    'agent/ METRICS CORE DEFINITIONS NODE npm:zod npm:pg',
    'An operator’s identity program reads the operator’s own records; what it says to anybody goes through the HTTP API.',
  ),
  only(
    'agent-keeper',
    'agent/keeper/',
    'agent/ METRICS CORE DEFINITIONS ledger/client/ NODE npm:zod',
    'A keeper stands beside the ledger process of its validators and asks it by its socket; the rest of the network it reaches through the HTTP API.',
  ),
  only(
    'agent-portal-keeper',
    'agent/portal-keeper/',
    'agent/ METRICS CORE DEFINITIONS NODE npm:zod',
    'A portal’s keeper stands beside the portal and reads what it tells of itself; the network it reaches through the HTTP API only.',
  ),
  only(
    'agent-object-store',
    'agent/object-store/',
    'agent/object-store/ NODE npm:@smithy/signature-v4 npm:fast-xml-parser npm:hash-wasm',
    'A store that speaks S3: it knows no order, no ledger and no agent.',
  ),
  only(
    'agent-relay',
    'agent/relay/',
    'agent/relay/ NODE',
    'A relay that speaks SOCKS5 and CONNECT: it knows no order, no ledger and no agent.',
  ),
  only(
    'agent-sandbox',
    'agent/sandbox/',
    'agent/sandbox/ NODE npm:@bjorn3/browser_wasi_shim npm:wabt npm:vitest',
    'Runs programs of other people: it knows no order, no ledger and no agent.',
  ),
  only(
    'bin',
    'bin/',
    'bin/ NODE',
    'The supervisor starts processes and imports none of their code; it runs before packages are installed.',
    ['^bin/tidy\\.mjs$'],
  ),
  only(
    'bin-tidy',
    'bin/tidy\\.mjs$',
    'bin/requirements/ NODE npm:typescript',
    'A gate runs after the packages are there, and counts statements by the parser that the compiler uses.',
  ),
  only(
    'bin-environment',
    'bin/environment/',
    'bin/environment/',
    'Every program imports it, with and without packages.',
  ),
  only(
    'prisma-seed',
    'prisma/seed/',
    'prisma/seed/ agent/ CORE DEFINITIONS SHARED NODE npm:@duckdb/node-api npm:vega-datasets npm:zod npm:@noble/curves npm:@noble/hashes npm:aws4fetch',
    'The sample’s history is made through the HTTP API, as any user would.',
    ['^prisma/seed/proximity/records\\.ts$'],
  ),
  only(
    'prisma-seed-records',
    'prisma/seed/proximity/records\\.ts$',
    'prisma/seed/ NODE npm:pg',
    'What an operator knows of its subscribers is a table of its own database, in which nothing of the product is.',
  ),
  only(
    'bench',
    'bench/',
    'bench/ ledger/ agent/ NODE npm:@aws-sdk/client-s3 npm:highs npm:pg',
    'Benchmarks drive the ledger and the agent themselves, and the portal by HTTP only.',
  ),
  only(
    'e2e',
    'e2e/',
    'e2e/ NODE npm:viem npm:@playwright/test npm:@axe-core/playwright',
    'A black box: browser tests see what a person sees, and sign as a wallet of their own (viem).',
    [LYING_AGENT],
  ),
  only(
    'e2e-lying-agent',
    'e2e/fixtures/lying-agent\\.ts$',
    'agent/ NODE',
    'A provider whose results are wrong: the agent’s own parts, in a process of its own that a journey starts.',
  ),
];

const everywhereRules = [
  {
    name: 'no-circular',
    comment: 'A cycle cannot be understood one file at a time, a cycle of types no more than another.',
    severity: 'error',
    from: { pathNot: '^prisma/generated/' },
    to: { circular: true },
  },
  {
    name: 'no-unresolved',
    comment: 'An import that does not resolve fails at run time.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: ['^prisma/generated/', '\\.css$'] },
  },
  reserved(
    'no-import-of-tests',
    TEST,
    ['^bench/', '^ledger/sim/'],
    'What production needs is no test. The simulation has the disks and the application that tests have; it never reaches production itself.',
  ),
];

function foldersNamed(name, under) {
  if (!existsSync(under)) return [];
  const entries = readdirSync(under, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && entry.name === name).map((entry) => entry.parentPath);
}

/** @type {import('dependency-cruiser').IConfiguration} */
const configuration = {
  forbidden: [...everywhereRules, ...ledgerRules, ...libRules, ...webRules, ...outerRules],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.next|\\.interpool|test-results|playwright-report)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['react-server', 'import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
    cache: { folder: 'node_modules/.cache/dependency-cruiser', strategy: 'content' },
  },
};

export default configuration;
