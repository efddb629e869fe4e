'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ChoiceGroup, type Option } from '#components/ui/choice.tsx';
import { Note } from '#components/ui/note.tsx';

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
