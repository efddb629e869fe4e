'use client';

import { useState, type ReactNode } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ChoiceGroup, type Option } from '#components/ui/choice.tsx';
import { Note } from '#components/ui/note.tsx';

export interface GroupPanelProps {
  title: string;
  /** What is in force, in words. */
  words: string;
  /** It is not as the chosen preset, or the strategy in force, has it. */
  isChanged?: boolean;
  /** Something in it is wrong: it opens, and stays open until that is put right. */
  isWrong?: boolean;
  children: ReactNode;
}

/** A part of a form: a line of words, and its fields when one wants to edit them. */
export function GroupPanel({ title, words, isChanged = false, isWrong = false, children }: GroupPanelProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details
      open={isOpen || isWrong}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
      className="group/part border-b border-separator last:border-b-0"
    >
      <summary className="grid cursor-pointer list-none grid-cols-[1fr_auto] items-baseline gap-x-4 gap-y-0.5 px-3 py-2 select-none hover:bg-surface-secondary sm:grid-cols-[9rem_1fr_auto] [&::-webkit-details-marker]:hidden">
        <span className="text-muted">{title}</span>
        <span className="col-span-2 row-start-2 min-w-0 break-words sm:col-span-1 sm:row-start-1 sm:col-start-2">
          <span>{words}</span>
          {isChanged ? <span className="ms-2 rounded-sm bg-default px-1.5 py-0.5 text-xs">changed</span> : null}
          {isWrong ? <span className="ms-2 text-xs font-medium text-danger">to be put right</span> : null}
        </span>
        <span className="text-sm text-(--link) sm:col-start-3">
          <span className="group-open/part:hidden">Edit</span>
          <span className="hidden group-open/part:inline">Close</span>
        </span>
      </summary>
      <div className="flex flex-col gap-4 border-t border-separator bg-surface px-3 py-4">{children}</div>
    </details>
  );
}

/** The parts of a form, one below the other. */
export function GroupList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="group" aria-label={label} className="rounded-md border border-border bg-surface">
      {children}
    </div>
  );
}

export interface PresetChoiceProps<Draft> {
  legend: string;
  name: string;
  options: readonly Option[];
  value: string;
  draft: Draft;
  /** The draft as a preset fills it. */
  fill: (name: string) => Draft;
  onChange: (draft: Draft) => void;
  /** What the provider changed of the draft, in words: it would be lost. Empty: nothing. */
  lost: string;
  /** Names what the draft can be put back to, where that is one press. */
  back?: { readonly label: string; readonly draft: Draft } | undefined;
}

/** Presets side by side. Choosing one replaces what was changed by hand, says so, and can be undone. */
export function PresetChoice<Draft>(props: PresetChoiceProps<Draft>) {
  const { legend, name, options, value, draft, fill, onChange, lost, back } = props;
  const [replaced, setReplaced] = useState<{ draft: Draft; by: Draft; words: string }>();
  function replace(next: Draft) {
    setReplaced(lost === '' ? undefined : { draft, by: next, words: lost });
    onChange(next);
  }
  function undo() {
    if (replaced) onChange(replaced.draft);
    setReplaced(undefined);
  }
  // What was typed since would be lost by an undo.
  const canUndo = replaced !== undefined && JSON.stringify(replaced.by) === JSON.stringify(draft);
  return (
    <div className="flex flex-col gap-2">
      <ChoiceGroup
        legend={legend}
        name={name}
        value={value}
        onChange={(preset) => replace(fill(preset))}
        options={options}
        layout="cards"
      />
      {back ? (
        <div>
          <Button size="sm" variant="ghost" onPress={() => replace(back.draft)}>
            {back.label}
          </Button>
        </div>
      ) : null}
      {canUndo ? (
        <Note kind="info" isLive>
          <span>{`The choice replaced what you had changed: ${replaced.words}. `}</span>
          <Button size="sm" onPress={undo}>
            Undo
          </Button>
        </Note>
      ) : null}
    </div>
  );
}
