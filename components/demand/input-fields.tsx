'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox, ChoiceGroup, Select } from '#components/ui/choice.tsx';
import { countOf } from '#components/ui/count.ts';
import { Field, NumberField } from '#components/ui/field.tsx';
import { formatBytes, formatCount } from '#components/ui/format.ts';
import { ProblemNote } from '#components/ui/note.tsx';
import { Text } from '#components/ui/text.tsx';
import { SPLITS, type Split } from '#ledger/contracts/demand/definition.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { bytesOf, FILES_MAX } from './assets.ts';
import { FilePicker } from './file-picker.tsx';
import type { DraftFieldsProps } from './program-fields.tsx';
import type { Assets } from './use-assets.ts';
import type { ChosenFiles } from './use-chosen.ts';
import { SPLIT_WORDS } from './words.ts';

export interface InputFieldsProps extends DraftFieldsProps {
  assets: Assets;
  files: ChosenFiles;
}

/** More bytes than a request can carry are not even read. */
const READ_BYTES_MAX = 16_000_000;

/** What the program runs over, and how it is divided into sub-tasks. */
export function InputFields(props: InputFieldsProps) {
  const { draft, onChange } = props;
  return (
    <div className="flex flex-col gap-3">
      <ChoiceGroup
        legend="Its inputs"
        name="split"
        layout="column"
        value={draft.split}
        onChange={(split) => onChange({ ...draft, split: split as Split })}
        options={SPLITS.map((split) => ({
          value: split,
          label: SPLIT_WORDS[split].title,
          description: SPLIT_WORDS[split].explains,
        }))}
      />
      {draft.split === 'range' ? <RangeFields {...props} /> : <TextFields {...props} />}
    </div>
  );
}

function RangeFields({ draft, onChange, errors }: InputFieldsProps) {
  const fields = [
    { name: 'from', label: 'From' },
    { name: 'to', label: 'Up to, not including' },
    { name: 'subtasks', label: 'Sub-tasks' },
  ] as const;
  return (
    <div className="grid items-start gap-3 sm:grid-cols-3">
      {fields.map(({ name, label }) => (
        <NumberField
          key={name}
          label={label}
          name={name}
          value={draft[name]}
          onChange={(value) => onChange({ ...draft, [name]: value })}
          decimals={0}
          inWords={(count) => formatCount(count.toString())}
          error={errors[name]}
        />
      ))}
    </div>
  );
}

/** Texts that are typed, or files; of lines one file. */
function TextFields(props: InputFieldsProps) {
  const { draft, onChange, errors, assets, files } = props;
  const [isReading, setIsReading] = useState(false);
  const [problem, setProblem] = useState<string>();
  const isList = draft.split === 'list';
  const kept = (assets.kept ?? []).filter(({ kind, files: own }) => kind === 'inputs' && (isList || own.length === 1));

  async function take(chosen: readonly File[]) {
    const bytes = chosen.reduce((sum, { size }) => sum + size, 0);
    if (bytes > READ_BYTES_MAX || chosen.length > FILES_MAX) {
      setProblem(
        `These are ${countOf(chosen.length, 'file')} with ${formatBytes(bytes)}: more than one request can carry. Take fewer, or smaller ones.`,
      );
      return;
    }
    setProblem(undefined);
    setIsReading(true);
    const read = await Promise.all(
      chosen.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
    );
    const [first] = read;
    const label =
      read.length === 1 ? (first?.name ?? '') : `${countOf(read.length, 'file')}, ${first?.name ?? ''} first`;
    const digest = await assets.keep({ kind: 'inputs', label, files: read });
    setIsReading(false);
    if (digest !== undefined) onChange({ ...draft, files: digest });
  }

  return (
    <div className="flex flex-col gap-3">
      {draft.files === '' ? (
        <Field
          label={isList ? 'Inputs, one a line' : 'Text'}
          name="texts"
          value={draft.texts}
          onChange={(texts) => onChange({ ...draft, texts })}
          rows={6}
          isMono
          error={errors.texts}
        />
      ) : (
        <ChosenFilesNote files={files} error={errors.texts} onForget={() => onChange({ ...draft, files: '' })} />
      )}
      {kept.length > 0 ? (
        <Select
          label="Or files that this browser keeps"
          name="files"
          value={draft.files}
          onChange={(digest) => onChange({ ...draft, files: digest })}
          options={[
            { value: '', label: 'none: the text above' },
            ...kept.map((asset) => ({
              value: asset.digest,
              label: `${isolatedText(asset.label)}, ${formatBytes(bytesOf(asset))}`,
            })),
          ]}
        />
      ) : null}
      <FilePicker
        label={isList ? 'Or files of yours, each an input' : 'Or a file of yours'}
        isMultiple={isList}
        isDisabled={isReading}
        onFiles={(chosen) => void take(chosen)}
      />
      {isReading ? <p role="status">The files are read…</p> : null}
      <ProblemNote sentence={problem ?? assets.fault} />
      {isList ? null : <PortionFields {...props} />}
    </div>
  );
}

function PortionFields({ draft, onChange, errors }: InputFieldsProps) {
  return (
    <>
      <NumberField
        label="Lines of each sub-task"
        name="perSubtask"
        value={draft.perSubtask}
        onChange={(perSubtask) => onChange({ ...draft, perSubtask })}
        decimals={0}
        inWords={(count) => countOf(count, 'line')}
        error={errors.perSubtask}
      />
      <Checkbox
        label="The first line names columns"
        name="hasHeading"
        isSelected={draft.hasHeading}
        onChange={(hasHeading) => onChange({ ...draft, hasHeading })}
        description="Then every sub-task’s input begins with it."
      />
    </>
  );
}

function ChosenFilesNote(props: { files: ChosenFiles; error: string | undefined; onForget: () => void }) {
  const { files, error, onForget } = props;
  return (
    <div className="flex flex-col gap-2 rounded-md border border-border px-3 py-2">
      {files.state === 'there' ? (
        <Text>
          The input is {isolatedText(files.value.label)}: {countOf(files.value.files.length, 'file')},{' '}
          {formatBytes(files.value.files.reduce((sum, { length }) => sum + length, 0))}.
        </Text>
      ) : null}
      {files.state === 'reading' ? <p role="status">The files are read…</p> : null}
      <ProblemNote sentence={files.state === 'lost' ? files.sentence : error} />
      <div>
        <Button size="sm" onPress={onForget}>
          Type a text instead
        </Button>
      </div>
    </div>
  );
}
