import { outputOf } from './output.ts';

/** Bytes as a picture that a canvas draws; undefined where the browser cannot read them as one. */
export async function bitmapOf(bytes: Uint8Array<ArrayBuffer>): Promise<ImageBitmap | undefined> {
  const output = outputOf(bytes);
  if (output.kind !== 'picture') return undefined;
  try {
    return await createImageBitmap(new Blob([bytes], { type: output.type }));
  } catch {
    return undefined;
  }
}
