import { saveFile } from '#components/ui/save-file.ts';
import type { Sink } from './transfer.ts';

/** More than this is written to a file while it arrives, in browsers that can: held whole it would crowd the page's memory. */
const HELD_BYTES_MAX = 64_000_000;

/** https://wicg.github.io/file-system-access/, which not every browser has. */
interface FilePicker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<{ createWritable(): Promise<Sink> }>;
}

/** Where an object of this size is saved; undefined when the person chose no file. Asked for in answer to a press, or browsers refuse. */
export async function openFileSink(name: string, bytes: number): Promise<Sink | undefined> {
  const picker: FilePicker = window as FilePicker;
  if (bytes <= HELD_BYTES_MAX || picker.showSaveFilePicker === undefined) return heldSink(name);
  try {
    const file = await picker.showSaveFilePicker({ suggestedName: name });
    return await file.createWritable();
  } catch {
    return undefined;
  }
}

/** Saves only what came whole. */
function heldSink(name: string): Sink {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  return new WritableStream<Uint8Array>({
    write: (piece) => void pieces.push(new Uint8Array(piece)),
    close: () => saveFile(new Blob(pieces), name, 'application/octet-stream'),
  });
}
