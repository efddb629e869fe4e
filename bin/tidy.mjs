// What no other tool looks at: how much a file does, words that mark unfinished work, folders nobody explains, test titles.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { requirementIds } from './requirements/titles.mjs';

/** A file of the product that does more has a second subject. */
const STATEMENTS_MAX = 240;
/** Tests say every step, and tools are read from top to bottom. */
const STATEMENTS_OUTSIDE_PRODUCT_MAX = 300;
const SOURCE = /\.(ts|tsx|js|mjs)$/;
const TEXT = /\.(ts|tsx|js|mjs|css|md|json|yml|yaml|prisma|sql|html)$/;
const TEST = /\.(test|spec)\.(tsx?|mjs)$/;
const SKIPPED = new Set([
  'node_modules',
  '.git',
  '.next',
  '.interpool',
  '.cache',
  'test-results',
  'playwright-report',
  'generated',
]);
const UNREAD = [
  'package-lock.json',
  'bin/tidy.mjs',
  'bin/gates.test.mjs',
  'ledger/vectors/',
  'next-env.d.ts',
  'docs/requirements.json',
];
/** Folders whose children each explain themselves, besides every folder at the top. */
const EXPLAINED = ['ledger', 'ledger/contracts', 'ledger/engines', 'lib'];
const KEBAB = /^[._]?[a-z0-9]+([-.][a-z0-9]+)*$/;

const FORBIDDEN = [
  { word: /\b(TODO|FIXME|XXX|HACK)\b/, why: 'finish it, or write it down where work is planned' },
  {
    word: /eslint-disable|@ts-ignore|@ts-nocheck|@ts-expect-error|prettier-ignore/,
    why: 'a gate is obeyed or changed, never silenced',
  },
  { word: /lorem ipsum|coming soon|not (yet )?implemented/i, why: 'nothing is shown before it exists' },
  { word: /\b(test|it|describe)\.only\(/, why: 'the other tests would not run' },
  { word: /\b(test|it|describe)\.skip\(\s*['"`]/, why: 'a test runs or is deleted; skipIf says its condition' },
  { word: /^(<{7}|>{7}) /, why: 'a merge was not finished' },
  { word: /\/(work|farm|home|Users)\/[a-z]/, why: 'a path of one developer’s machine' },
  { word: /\bissue #?\d+\b/i, why: 'the project speaks of itself alone' },
];
const FORBIDDEN_IN_PRODUCT = { word: /\b(mock|stub|dummy)(s|ed)?\b/i, why: 'no pretended part in the product' };
const PRODUCT = /^(app|components|lib|agent|ledger\/(?!sim|vectors)[^/]+)\//;

function walk(root, folder = '') {
  const found = { files: [], folders: [] };
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) {
      const below = walk(root, path);
      found.folders.push({ path, isEmpty: below.files.length === 0 }, ...below.folders);
      found.files.push(...below.files);
    } else if (entry.isFile()) found.files.push(path);
  }
  return found;
}

function lookAtWords(path, lines, report) {
  const rules =
    PRODUCT.test(path) && !TEST.test(path) && SOURCE.test(path) ? [...FORBIDDEN, FORBIDDEN_IN_PRODUCT] : FORBIDDEN;
  lines.forEach((line, index) => {
    for (const { word, why } of rules) {
      const match = word.exec(line);
      if (match) report(`${path}:${index + 1}`, 'forbidden-words', `“${match[0].trim()}”: ${why}`);
    }
  });
}

/** Statements, declarations and named functions. Object literals, types and markup are none: their lines are the formatter's business. */
function weightOf(node) {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.length;
  if (ts.isStatement(node)) return ts.isBlock(node) || ts.isEmptyStatement(node) ? 0 : 1;
  return ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node) || ts.isAccessor(node) ? 1 : 0;
}

function countStatements(name, text) {
  let count = 0;
  const visit = (node) => {
    count += weightOf(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest));
  return count;
}

function lookAtStatements(path, text, report) {
  const isProduct = PRODUCT.test(path) && !TEST.test(path);
  const max = isProduct ? STATEMENTS_MAX : STATEMENTS_OUTSIDE_PRODUCT_MAX;
  const count = countStatements(path, text);
  if (count > max) report(path, 'file-statements', `${count} statements; at most ${max}: what is the second subject?`);
}

function lookAtFile(root, path, known, report) {
  const name = basename(path);
  if (SOURCE.test(name) && /^index\.[jt]sx?$/.test(name))
    report(path, 'no-barrel', 'import a thing from the file that defines it');
  if (SOURCE.test(name) && !KEBAB.test(name.replace(/\.[a-z]+$/, '')))
    report(path, 'kebab-case', 'file names are kebab-case nouns');
  if (!TEXT.test(name) || UNREAD.some((unread) => path.startsWith(unread))) return;
  const text = readFileSync(join(root, path), 'utf8');
  if (SOURCE.test(name)) lookAtStatements(path, text, report);
  lookAtWords(path, text.split('\n'), report);
  if (!TEST.test(name) || !known) return;
  for (const id of requirementIds(text))
    if (!known.has(id)) report(path, 'requirement-ids', `${id} is not in docs/requirements.json`);
}

function lookAtFolders(root, folders, report) {
  for (const { path, isEmpty } of folders) {
    if (isEmpty) {
      report(path, 'empty-folder', 'a folder appears with its first file');
      continue;
    }
    const parent = dirname(path);
    const isExplained = parent === '.' ? !path.startsWith('.') && path !== 'public' : EXPLAINED.includes(parent);
    if (isExplained && !existsSync(join(root, path, 'README.md')))
      report(path, 'folder-readme', 'no README.md: what, why, not for, the rule not to break');
  }
}

/** Every fault of the tree under `root`, as {place, rule, sentence}. */
export function findFaults(root) {
  const faults = [];
  const report = (place, rule, sentence) => faults.push({ place, rule, sentence });
  const { files, folders } = walk(root);
  const table = join(root, 'docs/requirements.json');
  const known = existsSync(table)
    ? new Set(JSON.parse(readFileSync(table, 'utf8')).requirements.map(({ id }) => id))
    : undefined;
  for (const path of files) lookAtFile(root, path, known, report);
  lookAtFolders(root, folders, report);
  return faults;
}

if (process.argv[1] && relative(process.argv[1], fileURLToPath(import.meta.url)) === '') {
  const faults = findFaults(process.argv[2] ?? process.cwd());
  for (const { place, rule, sentence } of faults) console.log(`${place}  ${rule}: ${sentence}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
