'use client';

import { useId } from 'react';

export interface FilePickerProps {
  label: string;
  accept?: string;
  isMultiple?: boolean;
  isDisabled?: boolean;
  onFiles: (files: readonly File[]) => void;
}

/** Files from this device; the same ones can be chosen again afterwards. */
export function FilePicker({ label, accept, isMultiple = false, isDisabled = false, onFiles }: FilePickerProps) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        type="file"
        accept={accept}
        multiple={isMultiple}
        disabled={isDisabled}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          if (files.length > 0) onFiles(files);
        }}
        className="file-input"
      />
    </div>
  );
}
