'use client';

import { useRef, useState } from 'react';

/** Takes a receipt file from the file picker or by drag and drop. */
export function ReceiptDrop({ onFile }: { onFile: (file: File) => void }) {
  const [isDragged, setIsDragged] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  function take(file: File | undefined) {
    if (file) onFile(file);
  }
  return (
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setIsDragged(true);
      }}
      onDragLeave={() => setIsDragged(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsDragged(false);
        // The picker would go on naming the file that was chosen there before.
        if (picker.current) picker.current.value = '';
        take(event.dataTransfer.files[0]);
      }}
      className={`flex flex-col gap-2 rounded-md border border-dashed p-4 ${isDragged ? 'border-accent bg-accent-soft' : 'border-field-border'}`}
    >
      <label htmlFor="receipt-file" className="text-sm font-medium">
        Receipt file
      </label>
      <input
        ref={picker}
        id="receipt-file"
        type="file"
        accept="application/json,.json"
        onChange={(event) => take(event.target.files?.[0])}
        // The same file, mended, can be chosen again.
        onClick={(event) => {
          event.currentTarget.value = '';
        }}
        className="file-input"
      />
      <p className="text-xs text-muted">Choose it, or drop it here. It is checked on this device and sent nowhere.</p>
    </div>
  );
}
