import type { StateScanner } from '#ledger/core/decision.ts';
import { COMPARED_ATTEMPTS_MAX } from './definition.ts';
import { isLive, planTables, rangeOf, readTask } from './record.ts';

/** Ranges of a task follow one another without a gap, are counted, and are nobody's once it is over. A sentence for each fact that does not hold. */
export function planInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const ranges = state.scan(planTables.ranges);
  for (const [demand, task] of state.scan(planTables.tasks)) {
    const own = ranges.filter(([id]) => rangeOf(id).demand === demand).map(([, record]) => record);
    const ends = own.map(({ first, count }) => first + count);
    claim(BigInt(own.length) === task.ranges, `the task of demand ${demand} has its ranges`);
    claim(
      own.every(({ first }, index) => first === (ends[index - 1] ?? 0n)),
      `the ranges of demand ${demand} have no gap`,
    );
    claim(ends.at(-1) === task.work[0]?.subtasks, `the ranges of demand ${demand} are the whole work`);
    const undecided = own.filter(({ isDecided }) => !isDecided).length;
    claim(BigInt(undecided) === task.undecided, `the undecided ranges of demand ${demand} are counted`);
    claim(task.outcome !== 'done' || undecided === 0, `the task of demand ${demand} is done only when all is decided`);
    const live = own.flatMap(({ runs }) => runs).filter(isLive);
    claim(task.outcome === '' || live.length === 0, `nobody runs the task of demand ${demand} once it is over`);
    claim(
      own.every(({ runs }) => BigInt(runs.length) <= COMPARED_ATTEMPTS_MAX),
      `ranges of demand ${demand} are tried so often at most`,
    );
  }
  for (const [agreement, demand] of state.scan(planTables.byAgreement))
    claim(
      readTask(state, demand)?.agreements.includes(agreement) === true,
      `agreement ${agreement} belongs to the task that it is noted for`,
    );
  return broken;
}
