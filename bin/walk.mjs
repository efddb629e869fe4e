// npm run walk: how many files stand behind what a person does. Counted by what each file imports at run time, from the page, the
// contract and the projection; its own are those that the plainest page does not need (decision 0013).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { nodePath, root } from './supervisor/runtime.mjs';

const FOLDERS = ['app', 'components', 'lib', 'ledger'];
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

/** What every page of a signed-in person, every contract and every projection bring along: the session, the frame, the ledger's words, a key's number, a row's change. */
const PLAINEST = [
  'app/layout.tsx',
  'app/(dashboard)/layout.tsx',
  'app/(dashboard)/customer/account/page.tsx',
  'ledger/contracts/account/contract.ts',
  'lib/projections/account.ts',
];

/** Where each walk begins. */
export const WALKS = {
  publication: [
    'app/(dashboard)/provider/publish/page.tsx',
    'ledger/contracts/resource/contract.ts',
    'lib/projections/resource.ts',
  ],
  application: [
    'app/(dashboard)/customer/apply/[id]/page.tsx',
    'ledger/contracts/agreement/contract.ts',
    'lib/projections/agreement.ts',
  ],
};

/** `path → paths that it imports at run time`, for everything of the product; throws with the tool's words. */
function importGraph() {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = [program, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...FOLDERS];
  const { stdout, stderr } = spawnSync(nodePath(), args, { cwd: root, encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });
  if (!stdout.startsWith('{')) throw new Error(`The imports could not be read: ${stderr.slice(0, 500)}`);
  const isRead = ({ dependencyTypes, resolved, coreModule }) =>
    !coreModule && !dependencyTypes.includes('type-only') && !resolved.startsWith('node_modules/');
  return new Map(
    JSON.parse(stdout).modules.map(({ source, dependencies }) => [
      source,
      dependencies.filter(isRead).map(({ resolved }) => resolved),
    ]),
  );
}

/** What is published or asked for is of one kind: the walks are those of a data set, and end before the screens of another kind. */
const OTHER_KINDS = /^components\/kinds\/(?!data\/)[^/]+\//;

function reachable(graph, entries) {
  const reached = new Set();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const imports = graph.get(path);
    if (imports === undefined) {
      if (entries.includes(path)) throw new Error(`${path}, where a walk begins, is not there.`);
      continue;
    }
    if (reached.has(path) || OTHER_KINDS.test(path)) continue;
    reached.add(path);
    open.push(...imports);
  }
  return reached;
}

/** `{walk, all, own}` for each walk: paths behind it, and those of them that the plainest page does not need. */
export function walks() {
  const graph = importGraph();
  const shared = reachable(graph, PLAINEST);
  return Object.entries(WALKS).map(([walk, entries]) => {
    const all = [...reachable(graph, entries)].toSorted();
    return { walk, all, own: all.filter((path) => !shared.has(path)) };
  });
}

if (process.argv[1] === import.meta.filename) {
  for (const { walk, all, own } of walks()) {
    console.log(`${walk}: ${own.length} files of its own, ${all.length} with what every page shares`);
    if (process.argv.includes('--list')) console.log(own.map((path) => `  ${path}`).join('\n'));
  }
}
