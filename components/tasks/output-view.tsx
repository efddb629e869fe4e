'use client';

import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { countOf } from '#components/ui/count.ts';
import { Code } from '#components/ui/disclosure.tsx';
import { formatBytes, formatCount } from '#components/ui/format.ts';
import { RowTable } from '#components/ui/row-table.tsx';
import { saveFile } from '#components/ui/save-file.ts';
import { bitmapOf } from './bitmap.ts';
import { fileNameOf, outputOf, shownText, type Output } from './output.ts';

/** Longer texts are shown in their beginning, and saved whole. */
const SHOWN_CHARS_MAX = 20_000;

export interface OutputViewProps {
  bytes: Uint8Array<ArrayBuffer>;
  /** What it came of, for the file's name and for who cannot see it: `mandelbrot-run-3`. */
  name: string;
}

/** What a program wrote: a picture, a table or a text, and always to be saved. */
export function OutputView({ bytes, name }: OutputViewProps) {
  const output = useMemo(() => outputOf(bytes), [bytes]);
  const fileName = fileNameOf(name, output);
  return (
    <div className="flex flex-col gap-2">
      <Shown output={output} bytes={bytes} name={name} />
      <div className="flex flex-wrap items-center gap-2">
        <Button
          label={`Download ${fileName}`}
          isDisabled={output.kind === 'nothing'}
          onPress={() => saveFile(bytes, fileName, 'application/octet-stream')}
        >
          Download
        </Button>
        <span className="text-xs text-muted">{formatBytes(bytes.length)}</span>
      </div>
    </div>
  );
}

function Shown({ output, bytes, name }: OutputViewProps & { output: Output }) {
  switch (output.kind) {
    case 'picture':
      return <Picture bytes={bytes} name={name} />;
    case 'table':
      return <RowTable caption={`Result of ${name}`} table={output.table} />;
    case 'text':
      return (
        <>
          <Code label={`Result of ${name}`} text={shownText(output.text.slice(0, SHOWN_CHARS_MAX))} />
          {output.text.length > SHOWN_CHARS_MAX ? (
            <p className="text-xs text-muted">This is its beginning: download it to have the whole.</p>
          ) : null}
        </>
      );
    case 'bytes':
      return <p className="text-sm">The result is neither a picture nor a text that a page can show: download it.</p>;
    case 'nothing':
      return <p className="text-sm">The program wrote nothing.</p>;
  }
}

/** Drawn by the browser's own reader of pictures, from memory: nothing of it is a page. */
function Picture({ bytes, name }: OutputViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState('');
  const [isBroken, setIsBroken] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    void bitmapOf(bytes).then((bitmap) => {
      if (!isCurrent || canvas.current === null) return;
      setIsBroken(bitmap === undefined);
      if (bitmap === undefined) return;
      const { width, height } = bitmap;
      Object.assign(canvas.current, { width, height });
      canvas.current.getContext('2d')?.drawImage(bitmap, 0, 0);
      setSize(`, ${formatCount(width)} × ${countOf(height, 'point')}`);
    });
    return () => {
      isCurrent = false;
    };
  }, [bytes]);
  if (isBroken) return <p className="text-sm">This browser cannot read the picture: download it.</p>;
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={`Picture that ${name} wrote${size}`}
      className="h-auto max-w-full self-start rounded-md border border-border"
    />
  );
}
