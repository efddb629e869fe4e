import { portalCodes } from '#lib/errors.ts';
import { readForm } from './read.ts';
import { problem } from './respond.ts';

/** An address of the web or a path: what next-auth takes without throwing. */
function isPlace(text: string, base: string): boolean {
  const url = URL.parse(text, text.startsWith('/') ? base : undefined);
  return text === '' || (url !== null && /^https?:$/.test(url.protocol));
}

/** Why next-auth is not asked: it would take what it cannot read for a fault of its own configuration. Undefined when it can. */
export async function unreadableSignIn(request: Request): Promise<Response | undefined> {
  const form = request.method === 'POST' ? await readForm(request.clone()) : undefined;
  if (form !== undefined && !form.ok) return form.response;
  const asked = [new URL(request.url).searchParams, form?.value].flatMap((given) => given?.getAll('callbackUrl') ?? []);
  return asked.every((place) => isPlace(place, request.url))
    ? undefined
    : problem(portalCodes.INPUT_INVALID, { detail: 'callbackUrl must be an address.' });
}
