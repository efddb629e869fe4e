export interface Turns<Asker> {
  /** Begins the job when its asker's turn has come. The job must not reject. */
  take(asker: Asker, job: () => Promise<void>): void;
  /** Jobs of this asker that have not begun. */
  waiting(asker: Asker): number;
  /** The asker has gone: what has not begun never will. */
  forget(asker: Asker): void;
}

/** So many jobs at a time, one of each asker by turns: who asks for much waits for itself, not in front of others. */
export function createTurns<Asker>(atOnce: number): Turns<Asker> {
  /** Askers in the order of their turns, each with what waits. */
  const queues = new Map<Asker, (() => Promise<void>)[]>();
  let running = 0;

  const next = (): void => {
    for (const [asker, jobs] of queues) {
      if (running >= atOnce) return;
      queues.delete(asker);
      const job = jobs.shift();
      // The next turn of this one comes after everybody else's.
      if (jobs.length > 0) queues.set(asker, jobs);
      if (job !== undefined) begin(job);
    }
  };
  const begin = (job: () => Promise<void>): void => {
    running += 1;
    void job().finally(() => {
      running -= 1;
      next();
    });
  };
  return {
    take: (asker, job) => {
      const jobs = queues.get(asker);
      if (jobs === undefined) queues.set(asker, [job]);
      else jobs.push(job);
      next();
    },
    waiting: (asker) => queues.get(asker)?.length ?? 0,
    forget: (asker) => void queues.delete(asker),
  };
}
