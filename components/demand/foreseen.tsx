import { argumentsOf } from '#components/tasks/arguments.ts';
import { countOf } from '#components/ui/count.ts';
import { exactSeconds, formatBytes, formatCount } from '#components/ui/format.ts';
import { Facts, type WordFact } from '#components/ui/facts.tsx';
import { Note } from '#components/ui/note.tsx';
import { isMatched, parseLimit, type RequestDraft } from './draft.ts';
import { readInputs, type Inputs } from './inputs.ts';
import { payloadBytesOf, type Chosen, type ReadRequest, type Request } from './request.ts';

/** What is known of a work so far. */
interface Known {
  readonly inputs: Inputs | undefined;
  readonly copies: bigint;
  /** Milliseconds of processor time and bytes of one sub-task at most. */
  readonly cpu: bigint | undefined;
  readonly output: bigint | undefined;
  readonly payloadBytes: number | undefined;
}

function factsOf({ inputs, copies, cpu, output, payloadBytes }: Known): WordFact[] {
  const runs = inputs === undefined ? undefined : BigInt(inputs.subtasks) * copies;
  const facts: readonly (WordFact | false | undefined)[] = [
    inputs && { name: 'Sub-tasks', value: formatCount(inputs.subtasks) },
    inputs && { name: 'Largest input', value: formatBytes(inputs.inputBytes) },
    runs !== undefined && copies > 1n && { name: 'Runs', value: countOf(runs, 'run') },
    runs !== undefined &&
      cpu !== undefined && { name: 'Processor time at most', value: exactSeconds(Number(runs * cpu)) },
    runs !== undefined &&
      output !== undefined && { name: 'Results at most', value: formatBytes(Number(runs * output)) },
    payloadBytes !== undefined && { name: 'Uploaded, encrypted', value: formatBytes(payloadBytes) },
  ];
  return facts.filter((fact) => fact !== false && fact !== undefined);
}

/** What a program over its inputs comes to at most, before anything is published. */
export function workFacts({ inputs, limits, copies, payload }: NonNullable<Request['work']>): WordFact[] {
  const { cpu, output } = limits;
  return factsOf({ inputs, copies, cpu, output, payloadBytes: payloadBytesOf(payload) });
}

/** The same of a draft that is not whole yet: whatever is known of it already. */
export function knownFacts(draft: RequestDraft, { program, files }: Chosen): WordFact[] {
  if (!draft.hasWork) return [];
  const read = readInputs(draft, files);
  const inputs = read.ok ? read.value : undefined;
  const payload = program && inputs && { module: program.bytes, args: argumentsOf(draft.args), inputs: inputs.inputs };
  return factsOf({
    inputs,
    copies: BigInt(draft.copies),
    cpu: parseLimit(draft, 'cpu'),
    output: parseLimit(draft, 'output'),
    payloadBytes: payload && payloadBytesOf(payload),
  });
}

export interface ForeseenProps {
  draft: RequestDraft;
  chosen: Chosen;
  read: ReadRequest;
}

/** What can be told of a request while it is written; the ledger’s own analysis comes once it is published. */
export function Foreseen({ draft, chosen, read }: ForeseenProps) {
  const facts = read.ok && read.request.work !== undefined ? workFacts(read.request.work) : knownFacts(draft, chosen);
  const after = isMatched(draft)
    ? 'Once it is published it waits for the end of the epoch. Its page says what each offer lacks, and when the next match is.'
    : 'Once it is published the ledger looks through every offer of these kinds and says what each lacks.';
  return (
    <>
      {facts.length === 0 ? null : <Facts facts={facts} />}
      <p className="text-sm text-muted">
        {read.ok
          ? after
          : 'Inputs are counted and measured here while you fill in what you need; nothing leaves this browser before you press the button.'}
      </p>
      {read.ok && read.request.work !== undefined ? (
        <Note kind="info" title="The plan is chosen in this browser">
          Program and inputs are encrypted here, and their key stays here: choose the plan in this browser, or save the
          key as a file on the request’s page and bring it along.
        </Note>
      ) : null}
    </>
  );
}
