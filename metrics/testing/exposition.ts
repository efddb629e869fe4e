import { spawnSync } from 'node:child_process';

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (.+)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary)$`);
const VALUE = /^([+-]?(\d+(\.\d+)?(e[+-]?\d+)?|Inf)|NaN)$/i;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/y;
/** What a sample may have behind its family's name, by the family's type. */
const SUFFIXES = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
} as const;

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly type: keyof typeof SUFFIXES;
}

function labelsOf(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    const [, name = '', value = ''] = match ?? [];
    if (match === null || Object.hasOwn(labels, name)) throw new Error(`Labels cannot be read: ${line}`);
    labels[name] = value;
  }
  return labels;
}

function sampleOf(line: string, family: Family | undefined): Sample {
  const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (family === undefined || name === '' || !VALUE.test(value)) throw new Error(`This is no sample: ${line}`);
  if (!SUFFIXES[family.type].some((suffix) => name === `${family.name}${suffix}`))
    throw new Error(`A sample stands in another family: ${line}`);
  return { name, labels: labelsOf(labels, line), value: Number(value.replace('Inf', 'Infinity')) };
}

/** Buckets only grow, and the last one holds everything. */
function checkBuckets(samples: readonly Sample[]): void {
  for (const { name, labels, value } of samples.filter((each) => each.name.endsWith('_count'))) {
    const own = JSON.stringify(labels);
    const buckets = samples.filter((each) => {
      const { le, ...others } = each.labels;
      return le !== undefined && each.name === name.replace(/_count$/, '_bucket') && JSON.stringify(others) === own;
    });
    const isGrowing = buckets.every((bucket, index) => bucket.value >= (buckets[index - 1]?.value ?? 0));
    if (buckets.length > 0 && (!isGrowing || buckets.at(-1)?.value !== value || buckets.at(-1)?.labels.le !== '+Inf'))
      throw new Error(`The buckets of ${name} do not add up.`);
  }
}

/**
 * Reads Prometheus' text format 0.0.4 line by line, and throws at whatever it does not allow: a family that comes twice or has no help or type, a
 * series that comes twice, a counter without `_total` and a gauge with it, buckets that do not add up.
 */
export function readExposition(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('The text does not end with a line.');
  const samples: Sample[] = [];
  const [families, series] = [new Set<string>(), new Set<string>()];
  let help: string | undefined;
  let family: Family | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, helped] = HELP.exec(line) ?? [];
    const [, typed, type] = TYPE.exec(line) ?? [];
    if (helped !== undefined) {
      help = helped;
    } else if (typed !== undefined) {
      if (typed !== help || families.has(typed)) throw new Error(`A family without help, or twice: ${line}`);
      if ((type === 'counter') !== typed.endsWith('_total')) throw new Error(`_total is for counters alone: ${line}`);
      family = { name: typed, type: type as Family['type'] };
      families.add(typed);
    } else {
      const sample = sampleOf(line, family);
      const id = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (series.has(id)) throw new Error(`A series comes twice: ${line}`);
      series.add(id);
      samples.push(sample);
    }
  }
  checkBuckets(samples);
  return samples;
}

/** The values of one family's samples, by its labels' values. */
export function valuesOf(samples: readonly Sample[], name: string): Record<string, number> {
  const own = samples.filter((sample) => sample.name === name);
  return Object.fromEntries(own.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
}

/** What Prometheus' own checker finds wrong with a text; undefined where it is not on this machine (`apt-get install prometheus`). */
export function promtool(text: string): string | undefined {
  const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  if (checked.error !== undefined) return undefined;
  return checked.status === 0 ? '' : `${checked.stdout}${checked.stderr}`;
}

/** Reads what a process tells at its address, as Prometheus does. */
export async function scrape(url: string): Promise<{ text: string; samples: Sample[] }> {
  const response = await fetch(url);
  const type = response.headers.get('content-type');
  if (response.status !== 200 || type !== 'text/plain; version=0.0.4; charset=utf-8')
    throw new Error(`${url} answered ${response.status} as ${type}.`);
  const text = await response.text();
  const found = promtool(text);
  if (found !== undefined && found !== '') throw new Error(found);
  return { text, samples: readExposition(text) };
}
