import { kinds } from '#ledger/contracts/kinds/kinds.ts';
import { done, type Outcome } from '#agent/outcome.ts';
import type { ConfiguredKind, KindModule } from '#agent/resources/kind.ts';
import { asksForResults } from '#agent/tasks/result-service.ts';
import { BODY_BYTES_MAX } from '#agent/tasks/task-service.ts';
import { readComputingSection } from './section.ts';
import { ComputingService } from './service.ts';

/** Programs of customers in sandboxes on this machine: runs and processor time are counted, the wait for a start and the machine's score can be promised. */
export const computingKind: KindModule = {
  ledger: kinds.computing,
  selfLimited: ['cpuMs', 'runs'],
  methods: ['GET', 'POST', 'DELETE'],
  atOnceMax: 64,
  entryPath: '',
  bodyBytesMax: BODY_BYTES_MAX,
  // An answer waits for a slot and for the run; a run has at most ten minutes of processor time.
  answerMsMax: 3_600_000,
  answersAfterEnd: asksForResults,
  configure,
};

function configure(section: unknown): Outcome<ConfiguredKind> {
  const computers = readComputingSection(section);
  if (!computers.ok) return computers;
  return done({
    sources: computers.value.map(({ id, title }) => ({ id, title })),
    open: (parts) => new ComputingService(computers.value, parts),
  });
}
