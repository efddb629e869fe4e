'use client';

import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { checkModule, type ModuleFacts } from '#components/tasks/module-check.ts';
import { sampleOf, SAMPLES } from '#components/tasks/samples.ts';
import { Select } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { formatBytes } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { RequestDraft } from './draft.ts';
import { FilePicker } from './file-picker.tsx';
import type { RequestErrors } from './request.ts';
import type { Assets } from './use-assets.ts';
import type { ChosenProgram } from './use-chosen.ts';

export interface DraftFieldsProps {
  draft: RequestDraft;
  onChange: (draft: RequestDraft) => void;
  errors: RequestErrors;
}

export interface ProgramFieldsProps extends DraftFieldsProps {
  assets: Assets;
  program: ChosenProgram;
}

/** The draft with another program; what only a sample’s input was goes with it. */
function withAlgorithm(draft: RequestDraft, digest: string): RequestDraft {
  const [before, now] = [sampleOf(draft.algorithm), sampleOf(digest)];
  const isExample = draft.texts === '' || draft.texts === before?.input;
  const args = draft.args === '' || draft.args === before?.args ? (now?.args ?? '') : draft.args;
  return { ...draft, algorithm: digest, args, texts: isExample ? (now?.input ?? '') : draft.texts };
}

/** Which program: a sample, one that this browser keeps, or a file; checked here before anybody pays for it. */
export function ProgramFields({ draft, onChange, errors, assets, program }: ProgramFieldsProps) {
  const [refused, setRefused] = useState<string>();
  const [isReading, setIsReading] = useState(false);
  const own = (assets.kept ?? []).filter(({ kind }) => kind === 'algorithm');

  async function take(file: File | undefined) {
    if (file === undefined) return;
    setRefused(undefined);
    setIsReading(true);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const checked = checkModule(bytes);
    const label = file.name;
    const digest = checked.ok
      ? await assets.keep({ kind: 'algorithm', label, files: [{ name: label, bytes }] })
      : undefined;
    setIsReading(false);
    if (!checked.ok) setRefused(`${isolatedText(label)} cannot be run: ${checked.sentence}`);
    if (digest !== undefined) onChange(withAlgorithm(draft, digest));
  }

  return (
    <div className="flex flex-col gap-3">
      <Select
        label="Program"
        name="algorithm"
        value={draft.algorithm}
        onChange={(digest) => onChange(withAlgorithm(draft, digest))}
        error={errors.algorithm}
        description="A WebAssembly module for WASI preview 1, at most 4 MiB."
        options={[
          { value: '', label: 'Choose…' },
          ...SAMPLES.map(({ digest, title }) => ({ value: digest, label: `Sample: ${title}` })),
          ...own.map(({ digest, label }) => ({ value: digest, label: isolatedText(label) })),
        ]}
      />
      <FilePicker
        label="Or a module of yours"
        accept=".wasm,application/wasm"
        isDisabled={isReading}
        onFiles={([file]) => void take(file)}
      />
      {isReading ? <p role="status">The module is read and checked…</p> : null}
      <ProblemNote sentence={refused ?? assets.fault} />
      <ChosenNote program={program} />
      <Field
        label="Arguments"
        name="args"
        value={draft.args}
        onChange={(args) => onChange({ ...draft, args })}
        autoComplete="off"
        description="The same for every sub-task: words apart by spaces; “double quotes” keep several together."
      />
    </div>
  );
}

function ChosenNote({ program }: { program: ChosenProgram }) {
  switch (program.state) {
    case 'none':
      return null;
    case 'reading':
      return <p role="status">The program is read and checked…</p>;
    case 'lost':
      return <ProblemNote title="This program cannot be taken" sentence={program.sentence} />;
    case 'there':
      return <Abilities facts={program.value.facts} />;
  }
}

/** What a program asks for and what it gets, in plain words. */
function Abilities({ facts: { bytes, memoryMiBMin, abilities } }: { facts: ModuleFacts }) {
  return (
    <Note kind="info" title={`This program can run: ${formatBytes(bytes)}, begins with ${memoryMiBMin} MiB of memory`}>
      <ul className="mt-1 flex flex-col gap-0.5">
        {abilities.map(({ asks, gets, isGiven }) => (
          <li key={asks} className="flex gap-1.5">
            {isGiven ? (
              <Check className="mt-0.5 size-4 shrink-0" aria-hidden />
            ) : (
              <X className="mt-0.5 size-4 shrink-0" aria-hidden />
            )}
            <span>{`It ${asks}: ${gets}.`}</span>
          </li>
        ))}
      </ul>
      <p className="mt-1">It runs without a network, without files, and apart from the provider’s machine.</p>
    </Note>
  );
}
