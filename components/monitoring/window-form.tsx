'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Select, type Option } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import type { WindowInput } from '#lib/shared/monitoring.ts';
import type { Act } from './act.ts';
import { useAct } from './use-act.ts';
import { fromDateField, toDateField, windowErrors, type WindowDraft } from './window-draft.ts';

const HOUR_MS = 3_600_000;

interface WindowFieldsProps {
  draft: WindowDraft;
  onChange: (draft: WindowDraft) => void;
  errors: Partial<Record<keyof WindowDraft, string>>;
  /** Nodes to choose among; none where the node is known. */
  nodes?: readonly Option[];
}

function WindowFields({ draft, onChange, errors, nodes }: WindowFieldsProps) {
  return (
    <>
      {nodes === undefined ? null : (
        <Select
          label="Node"
          name="node"
          value={draft.node}
          onChange={(node) => onChange({ ...draft, node })}
          error={errors.node}
          options={[{ value: '', label: 'Choose a node' }, ...nodes]}
        />
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="Begins (UTC)"
          name="from"
          type="datetime-local"
          value={draft.from}
          onChange={(from) => onChange({ ...draft, from })}
          error={errors.from}
        />
        <Field
          label="Ends (UTC)"
          name="to"
          type="datetime-local"
          value={draft.to}
          onChange={(to) => onChange({ ...draft, to })}
          error={errors.to}
        />
      </div>
      <Field
        label="What is done"
        name="note"
        value={draft.note}
        onChange={(note) => onChange({ ...draft, note })}
        maxLength={300}
      />
    </>
  );
}

/** What is sent of a draft without errors. */
function timesOf(draft: WindowDraft): Omit<WindowInput, 'node'> {
  return { fromMs: fromDateField(draft.from) ?? 0, toMs: fromDateField(draft.to) ?? 0, note: draft.note.trim() };
}

interface WindowFormProps<Input> {
  label: string;
  button: { words: string; variant?: 'primary' };
  /** What stands there once it is done. */
  done: string;
  first: WindowDraft;
  nodes?: readonly Option[];
  act: Act<Input>;
  inputOf: (draft: WindowDraft) => Input;
  /** What is left in the fields once it is done. */
  after?: (draft: WindowDraft) => WindowDraft;
}

function WindowForm<Input>({ label, button, done, first, nodes, act, inputOf, after }: WindowFormProps<Input>) {
  const [draft, setDraft] = useState(first);
  const [errors, setErrors] = useState<WindowFieldsProps['errors']>({});
  const [isDone, setIsDone] = useState(false);
  const { isBusy, sentence, run } = useAct(act);
  async function send() {
    const found = windowErrors(draft);
    setErrors(found);
    setIsDone(false);
    if (Object.keys(found).length > 0 || !(await run(inputOf(draft)))) return;
    setIsDone(true);
    if (after !== undefined) setDraft(after(draft));
  }
  return (
    <form
      aria-label={label}
      className="flex flex-col gap-3"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <WindowFields draft={draft} onChange={setDraft} errors={errors} {...(nodes === undefined ? {} : { nodes })} />
      <ProblemNote sentence={sentence} />
      {isDone ? (
        <Note kind="success" isLive>
          {done}
        </Note>
      ) : null}
      <div>
        <Button type="submit" {...(button.variant === undefined ? {} : { variant: button.variant })} isPending={isBusy}>
          {button.words}
        </Button>
      </div>
    </form>
  );
}

export interface PlanWindowProps {
  plan: Act<WindowInput>;
  /** The node, or those to choose among. */
  node: number | readonly Option[];
  /** Server's time at rendering. */
  nowMs: number;
}

/** Announces work on a node: until its end no alert is told of it. */
export function PlanWindow({ plan, node, nowMs }: PlanWindowProps) {
  const isKnown = typeof node === 'number';
  return (
    <WindowForm
      label="Plan maintenance"
      button={{ words: 'Plan maintenance', variant: 'primary' }}
      done="The maintenance is announced: no alert is told of the node until its end."
      first={{
        node: isKnown ? String(node) : '',
        from: toDateField(nowMs),
        to: toDateField(nowMs + HOUR_MS),
        note: '',
      }}
      {...(isKnown ? {} : { nodes: node })}
      act={plan}
      inputOf={(draft) => ({ node: Number(draft.node), ...timesOf(draft) })}
      after={(draft) => ({ ...draft, note: '' })}
    />
  );
}

export interface ChangeWindowProps {
  window: number;
  /** As they stand now. */
  times: Omit<WindowInput, 'node'>;
  change: Act<{ window: number } & Omit<WindowInput, 'node'>>;
}

/** Moves a window that is announced. */
export function ChangeWindow({ window, times, change }: ChangeWindowProps) {
  return (
    <WindowForm
      label={`Change window ${window}`}
      button={{ words: 'Change the window' }}
      done="The window is changed."
      first={{ node: String(window), from: toDateField(times.fromMs), to: toDateField(times.toMs), note: times.note }}
      act={change}
      inputOf={(draft) => ({ window, ...timesOf(draft) })}
    />
  );
}
