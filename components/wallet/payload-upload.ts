/** Brings a ciphertext to the portal, which hands it to the agents of a plan and cannot read it. */

export type Upload = { readonly ok: true } | { readonly ok: false; readonly sentence: string };

export interface UploadOptions {
  /** From 0 to 1. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

const ADDRESS = '/api/v1/payloads';
/** A slow line takes this long for the largest payload. */
const WAIT_MS = 10 * 60_000;

function refusalOf(request: XMLHttpRequest): string {
  try {
    const { detail, title } = JSON.parse(request.responseText) as { detail?: unknown; title?: unknown };
    if (typeof detail === 'string') return detail;
    if (typeof title === 'string') return title;
  } catch {
    // A proxy on the way may answer in its own words.
  }
  return `The portal answered ${request.status} and gave no reason. Nothing was published.`;
}

function digestIn(request: XMLHttpRequest): unknown {
  try {
    return (JSON.parse(request.responseText) as { digest?: unknown }).digest;
  } catch {
    return undefined;
  }
}

/** The same bytes may be sent again: they are kept once. `digest`: what the portal has to have counted. */
export function uploadPayload(
  ciphertext: Uint8Array<ArrayBuffer>,
  digest: string,
  options: UploadOptions,
): Promise<Upload> {
  const { promise, resolve } = Promise.withResolvers<Upload>();
  const failed = (sentence: string): void => resolve({ ok: false, sentence });
  // fetch tells nothing of how far a body has gone.
  const request = new XMLHttpRequest();
  const cancel = (): void => request.abort();
  request.upload.onprogress = ({ loaded, total }) => options.onProgress(total === 0 ? 0 : loaded / total);
  request.onload = () => {
    if (request.status !== 201 && request.status !== 200) failed(refusalOf(request));
    else if (digestIn(request) === digest) resolve({ ok: true });
    else failed('The portal received other bytes than were sent. Nothing was published: try again.');
  };
  request.onerror = () => failed('The portal could not be reached. Nothing was published: try again.');
  request.ontimeout = () =>
    failed('The portal did not take the program in ten minutes. Nothing was published: try again.');
  request.onabort = () => failed('You canceled it. Nothing was published.');
  request.onloadend = () => options.signal.removeEventListener('abort', cancel);
  if (options.signal.aborted) {
    failed('You canceled it. Nothing was published.');
    return promise;
  }
  options.signal.addEventListener('abort', cancel);
  request.open('POST', ADDRESS);
  request.timeout = WAIT_MS;
  request.setRequestHeader('content-type', 'application/octet-stream');
  request.send(ciphertext);
  return promise;
}
