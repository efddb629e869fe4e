'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Code } from '#components/ui/disclosure.tsx';

/** A value to read and to copy. */
export function Copied({ text, what }: { text: string; what: string }) {
  return (
    <span className="inline-flex max-w-full flex-wrap items-center gap-1">
      <code className="font-mono text-[0.8125rem] break-all">{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}

/** Not in the page before somebody asks for it: who looks over a shoulder or at a shared screen sees nothing. */
export function Secret({ text, what }: { text: string; what: string }) {
  const [isShown, setIsShown] = useState(false);
  return (
    <span className="inline-flex max-w-full flex-wrap items-center gap-1">
      {isShown ? (
        <code className="font-mono text-[0.8125rem] break-all">{text}</code>
      ) : (
        <span className="text-muted">hidden</span>
      )}
      <CopyButton text={text} what={what} />
      <Button size="sm" label={isShown ? `Hide the ${what}` : `Show the ${what}`} onPress={() => setIsShown(!isShown)}>
        {isShown ? 'Hide' : 'Show'}
      </Button>
    </span>
  );
}

export interface ProgramLines {
  readonly title: string;
  /** What is copied, with the secret. */
  readonly copied: string;
  /** The same with a word in the secret's place. */
  readonly shown: string;
  /** What to know before the lines are used. */
  readonly note: string;
}

/** The same access for programs, as lines to paste; `name` is the field's own. */
export function ForPrograms({ name, programs }: { name: string; programs: readonly ProgramLines[] }) {
  const [chosen, choose] = useState(programs[0]?.title ?? '');
  const program = programs.find((known) => known.title === chosen);
  if (program === undefined) return null;
  return (
    <section aria-label="For programs" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-end gap-2">
        <Select
          label="Program"
          name={name}
          value={chosen}
          onChange={choose}
          options={programs.map(({ title }) => ({ value: title, label: title }))}
          className="max-w-xs"
        />
        <CopyButton text={program.copied} what={`lines for ${chosen}`} isLabelled />
      </div>
      <Code label={`Lines for ${chosen}`} text={program.shown} />
      <p className="text-xs text-muted">{program.note}</p>
    </section>
  );
}
