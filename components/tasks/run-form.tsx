'use client';

import { useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { Code } from '#components/ui/disclosure.tsx';
import { Field } from '#components/ui/field.tsx';
import { exactSeconds, formatBytes } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { RunFailure } from './answers.ts';
import { argumentsOf } from './arguments.ts';
import type { Computer, RunAnswer, RunResult } from './computer.ts';
import { linesOf } from './lines.ts';
import { shownText } from './output.ts';
import { OutputView } from './output-view.tsx';
import { MANDELBROT } from './samples.ts';
import { planTags, SAMPLE_PART, SAMPLE_PLAN, tileLines } from './tiles.ts';
import type { Algorithms } from './use-algorithms.ts';
import type { Tasks } from './use-tasks.ts';

/** What runs are given, as it is typed. */
export interface RunDraft {
  readonly args: string;
  readonly input: string;
}

export interface RunFormProps {
  computer: Computer;
  algorithms: Algorithms;
  tasks: Tasks;
  draft: RunDraft;
  onChange: (draft: RunDraft) => void;
  onUsed: () => Promise<void>;
}

/** A run that was made on this page, with the name of what ran. */
interface Made {
  readonly name: string;
  readonly answer: RunAnswer;
}

/** What the form does with what stands in it. */
function useRuns({ computer, algorithms: { kept = [], chosen }, tasks, draft, onUsed }: RunFormProps, file?: File) {
  const [isRunning, setIsRunning] = useState(false);
  const [made, setMade] = useState<Made>();
  const [problem, setProblem] = useState<string>();
  const name = kept.find(({ digest }) => digest === chosen)?.name ?? '';
  const args = argumentsOf(draft.args);
  return {
    isRunning,
    made,
    problem,
    async once() {
      setProblem(undefined);
      setMade(undefined);
      setIsRunning(true);
      const answer = await computer.invoke(chosen, args, file ?? new Blob([draft.input]));
      setIsRunning(false);
      setMade({ name, answer });
      await onUsed();
    },
    async overLines() {
      setProblem(undefined);
      const read = linesOf(file === undefined ? draft.input : await file.text());
      if (read.ok) await tasks.begin({ name, digest: chosen, args, inputs: read.lines });
      else setProblem(read.sentence);
    },
    async inTiles() {
      setProblem(undefined);
      await tasks.begin({
        name: `${MANDELBROT.title} in tiles`,
        digest: MANDELBROT.digest,
        args,
        inputs: tileLines(SAMPLE_PLAN, SAMPLE_PART),
        tags: planTags(SAMPLE_PLAN),
      });
    },
  };
}

/** An input and arguments for the chosen program: run once, or once for each line. */
export function RunForm(props: RunFormProps) {
  const { algorithms, tasks, draft, onChange } = props;
  const { kept = [], chosen, choose } = algorithms;
  const [file, setFile] = useState<File>();
  const runs = useRuns(props, file);
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-3">
      <h2 id={id} className="font-semibold">
        Run a program
      </h2>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Select
          label="Algorithm"
          name="algorithm"
          value={chosen}
          onChange={choose}
          options={kept.map(({ digest, name }) => ({ value: digest, label: name }))}
        />
        <Field
          label="Arguments"
          name="arguments"
          value={draft.args}
          onChange={(args) => onChange({ ...draft, args })}
          autoComplete="off"
          description="Words apart by spaces; “double quotes” keep several together."
        />
      </div>
      <InputFields file={file} onFile={setFile} draft={draft} onChange={onChange} />
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="primary" isPending={runs.isRunning} onPress={() => void runs.once()}>
          Run
        </Button>
        <Button isPending={tasks.isBusy} onPress={() => void runs.overLines()}>
          Run each line as a task
        </Button>
        {chosen === MANDELBROT.digest ? (
          <Button isPending={tasks.isBusy} onPress={() => void runs.inTiles()}>
            Make the picture in 4 × 4 tiles
          </Button>
        ) : null}
      </div>
      {runs.isRunning ? <p role="status">It waits for a slot and runs…</p> : null}
      <ProblemNote title="Nothing was run" sentence={runs.problem} />
      {runs.made === undefined ? null : <MadeRun made={runs.made} />}
    </section>
  );
}

type InputFieldsProps = Pick<RunFormProps, 'draft' | 'onChange'> & {
  file: File | undefined;
  onFile: (file: File | undefined) => void;
};

/** The standard input: a text, or a file in its place. */
function InputFields({ file, onFile, draft, onChange }: InputFieldsProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-3">
      {file === undefined ? (
        <Field
          label="Input"
          name="input"
          value={draft.input}
          onChange={(input) => onChange({ ...draft, input })}
          rows={6}
          isMono
          description="The program’s standard input. In a task each line is the input of a run of its own."
        />
      ) : (
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <span>{`The input is the file ${isolatedText(file.name)}, ${formatBytes(file.size)}.`}</span>
          <Button size="sm" onPress={() => onFile(undefined)}>
            Type a text instead
          </Button>
        </p>
      )}
      <div className="flex min-w-0 flex-col gap-1">
        <label htmlFor={id} className="text-sm font-medium">
          Input from a file
        </label>
        <input
          id={id}
          type="file"
          onChange={(event) => {
            onFile(event.target.files?.[0]);
            event.target.value = '';
          }}
          className="file-input"
        />
      </div>
    </div>
  );
}

function MadeRun({ made: { name, answer } }: { made: Made }) {
  return (
    <div role="region" aria-label="Result of the run" className="flex flex-col gap-2">
      {answer.ok ? <Done result={answer.value} name={name} /> : <Failed failure={answer.failure} name={name} />}
    </div>
  );
}

function Done({ result: { output, cpuMs }, name }: { result: RunResult; name: string }) {
  return (
    <>
      <Note kind="success" title={`${name} is done`} isLive>
        {cpuMs === undefined ? 'The program ended well.' : `It took ${exactSeconds(cpuMs)} of processor time.`}
      </Note>
      <OutputView bytes={output} name={name} />
    </>
  );
}

function Failed({ failure, name }: { failure: RunFailure; name: string }) {
  const { sentence, exitCode, cpuMs, errors } = failure;
  const facts = [
    ...(exitCode === null ? [] : [`Exit code ${exitCode}.`]),
    ...(cpuMs === undefined ? [] : [`It took ${exactSeconds(cpuMs)} of processor time, which is counted.`]),
  ];
  return (
    <>
      <Note kind="problem" title={`The run of ${name} came to nothing`} isLive>
        {[sentence, ...facts].join(' ')}
      </Note>
      {errors === '' ? null : <Code label="Error stream" text={shownText(errors)} />}
    </>
  );
}
