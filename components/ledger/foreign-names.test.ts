import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
/** A name, title or label that somebody else may have written, put into a sentence. */
const NAMED = /\$\{(?:[a-zA-Z]+\.)?(?:label|title|name)\}/g;
/** Our own words, by what they are called in the file that uses them. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  'app/_components/role-missing.tsx': ['${name}'],
  'app/(dashboard)/node-provider/contracts/page.tsx': ['${name}'],
  'app/(dashboard)/operator/audit/page.tsx': ['${title}'],
  'app/(dashboard)/provider/publish/_components/use-publication.ts': ['${kind.name}'],
  'app/(public)/page.tsx': ['${step.title}'],
  'app/(public)/catalogue/_components/catalogue-filters.tsx': ['${name}'],
  'app/_unavailable.ts': ['${title}'],
  'app/api/_http/file.ts': ['${name}'],
  'components/demand/demand-facts.tsx': ['${sample.title}'],
  'components/demand/exact-amounts.tsx': ['${title}'],
  'components/demand/need-fields.tsx': ['${name}'],
  'components/demand/plan-map.tsx': ['${title}'],
  'components/demand/program-fields.tsx': ['${title}'],
  'components/demand/provider-facts.tsx': ['${name}'],
  'components/demand/range-table.tsx': ['${run.name}'],
  'components/demand/result-downloads.tsx': ['${name}'],
  'components/demand/task-grid-view.tsx': ['${by.name}'],
  'components/demand/task-results.tsx': ['${name}'],
  'components/demand/time-field.tsx': ['${name}'],
  'components/demand/volume-charts.tsx': ['${title}'],
  'components/demand/words.ts': ['${title}'],
  'components/ledger/amounts.ts': ['${meter.title}', '${name}', '${unit.name}'],
  'components/ledger/meter-bars.tsx': ['${title}'],
  'components/kinds/data/row-filter.ts': ['${label}'],
  'components/ledger/strategy-words.ts': ['${rule.title}', '${counted.title}'],
  'components/nodes/access.ts': ['${name}'],
  'components/nodes/credit-view.tsx': ['${title}'],
  'components/order/bill-csv.ts': ['${title}'],
  'components/order/use-chart.tsx': ['${rule.title}'],
  'components/rewards/reward-table.tsx': ['${title}'],
  'components/strategy/presets.ts': ['${name}'],
  'components/strategy/price-lines.ts': ['${title}'],
  'components/strategy/promise-fields.tsx': ['${title}'],
  'components/strategy/rule-editor.tsx': ['${name}'],
  'components/strategy/rule-form.ts': ['${attribute.title}', '${name}'],
  'components/strategy/rule-problem.ts': ['${name}'],
  'components/tasks/algorithm-panel.tsx': ['${algorithm.name}', '${sample.title}'],
  'components/tasks/output-view.tsx': ['${name}'],
  'components/tasks/run-form.tsx': ['${MANDELBROT.title}', '${name}'],
  'components/tasks/tile-picture.tsx': ['${label}'],
  'components/tasks/use-algorithms.ts': ['${name}'],
  'components/ui/script-fault.ts': ['${name}'],
  'components/ui/test-list.tsx': ['${name}'],
  'components/wallet/access-link.tsx': ['${rule.title}'],
  'components/wallet/confirmation-facts.tsx': ['${name}', '${label}'],
};

const files = ['app', 'components'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file}`)
    .filter((file) => /(?<!\.test)\.tsx?$/.test(file)),
);
const namedIn = new Map(
  files.map((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    return [file, [...text.matchAll(NAMED)].map(([name]) => name)];
  }),
);

test('a name that somebody else wrote stands isolated in every sentence of a screen: it turns nothing around it [I.2-7]', () => {
  const found = [...namedIn].flatMap(([file, names]) =>
    names.filter((name) => OURS[file]?.includes(name) !== true).map((name) => `${file}: ${name}`),
  );
  expect(found).toEqual([]);
});

test('what is let pass as our own word is one that its file still has', () => {
  const gone = Object.entries(OURS).flatMap(([file, names]) =>
    names.filter((name) => namedIn.get(file)?.includes(name) !== true).map((name) => `${file}: ${name}`),
  );
  expect(gone).toEqual([]);
});
