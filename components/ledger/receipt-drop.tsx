'use client';

import { useState } from 'react';

/** Takes a receipt file from the file picker or by drag and drop. */
export function ReceiptDrop({ onFile }: { onFile: (file: File) => void }) {
  const [isDragged, setIsDragged] = useState(false);
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
        take(event.dataTransfer.files[0]);
      }}
      className={`flex flex-col gap-2 rounded-md border border-dashed p-4 ${isDragged ? 'border-accent bg-accent-soft' : 'border-field-border'}`}
    >
      <label htmlFor="receipt-file" className="text-sm font-medium">
        Receipt file
      </label>
      <input
        id="receipt-file"
        type="file"
        accept="application/json,.json"
        onChange={(event) => take(event.target.files?.[0])}
        className="file-input"
      />
      <p className="text-xs text-muted">Choose it, or drop it here. It is checked on this device and sent nowhere.</p>
    </div>
  );
}
