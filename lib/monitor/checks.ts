import 'server-only';
import type { Database } from '#lib/database-session.ts';
import type { Prober } from './prober.ts';
import type { Subject } from './subjects.ts';

const CHECKS_MAX = 8;

/** Answers people who want to know now. */
export interface Checks {
  tick(database: Database, subjects: ReadonlyMap<number, Subject>, nowMs: number): Promise<void>;
}

async function sentencesOf(subject: Subject | undefined, prober: Prober, nowMs: number): Promise<string[]> {
  if (subject === undefined) return ['The monitor does not know this node yet: ask again in some seconds.'];
  const heard =
    subject.figuresAtMs === 0
      ? []
      : [`Its last heartbeat came ${Math.round((nowMs - subject.figuresAtMs) / 1_000)} s ago.`];
  const { lag, clockOffMs } = subject.figures;
  const figures = [
    ...(lag === undefined ? [] : [lag === 0 ? 'It stands at the newest block.' : `It is ${lag} blocks behind.`]),
    ...(clockOffMs === undefined ? [] : [`Its clock is off by ${Math.round(clockOffMs)} ms.`]),
  ];
  const probe = await prober.probe(subject, nowMs);
  const called = probe === null ? [subject.statusSentence] : [`Called just now: ${probe.sentence}`];
  return [...called, ...heard, ...figures].filter((sentence) => sentence !== '');
}

export function createChecks(prober: Prober): Checks {
  const underWay = new Set<string>();
  const done: { id: string; sentences: string[] }[] = [];
  return {
    async tick(database, subjects, nowMs) {
      for (const { id, sentences } of done.splice(0)) {
        underWay.delete(id);
        await database.query(
          `UPDATE monitoring.checks SET "answeredAt" = clock_timestamp(), "sentences" = $2 WHERE "id" = $1`,
          [id, JSON.stringify(sentences)],
        );
      }
      const { rows } = await database.query<{ id: string; subject: number }>(
        `SELECT "id", "subject" FROM monitoring.checks WHERE "answeredAt" IS NULL AND "id" <> ALL($1::bigint[]) ORDER BY "id" LIMIT $2`,
        [[...underWay], CHECKS_MAX],
      );
      for (const { id, subject } of rows) {
        underWay.add(id);
        void sentencesOf(subjects.get(subject), prober, nowMs).then((sentences) => done.push({ id, sentences }));
      }
    },
  };
}
