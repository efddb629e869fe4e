type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

interface Kept {
  path: string;
  /** By name, in the order of the page. */
  fields: Array<[name: string, value: string | boolean]>;
}

const KEPT = 'interpool-typed';
const FIELDS_MAX = 500;
/** The page's scripts take over a field some time after it is there. */
const RESTORE_MS = 4_000;
const STEP_MS = 150;
/** Secrets stay nowhere, and a chosen file cannot be chosen for somebody. */
const LEFT_OUT = new Set(['password', 'file', 'hidden', 'submit', 'button', 'reset', 'image']);

/** What stands in an element with this attribute is kept nowhere. */
const KEPT_FIELDS = 'main :is(input, textarea, select)[name]:not([data-unkept] *)';

const pathNow = (): string => window.location.pathname + window.location.search;

function fieldsOf(page: Document): Array<[name: string, field: Field]> {
  const fields = [...page.querySelectorAll<Field>(KEPT_FIELDS)];
  return fields.filter(({ type }) => !LEFT_OUT.has(type)).map((field) => [field.name, field]);
}

const isTicked = (field: Field): field is HTMLInputElement =>
  field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio');

/** What a person has typed and chosen on this page, for the same page after a reload; passphrases and files apart. */
export function keepTyped(): void {
  const fields = fieldsOf(document)
    .slice(0, FIELDS_MAX)
    .map(([name, field]): [string, string | boolean] => [name, isTicked(field) ? field.checked : field.value]);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ path: pathNow(), fields } satisfies Kept));
  } catch {
    // Where nothing can be kept, nothing comes back.
  }
}

function takeKept(): Kept['fields'] {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as Kept | null;
    sessionStorage.removeItem(KEPT);
    return kept?.path === pathNow() && Array.isArray(kept.fields) ? kept.fields : [];
  } catch {
    return [];
  }
}

/** Types a value as a person would: whoever listens to the field hears of it. */
function type(field: Field, value: string | boolean): void {
  if (isTicked(field)) {
    if (field.checked !== value) field.click();
    return;
  }
  if (field.value === value) return;
  const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field) as object, 'value')?.set;
  setter?.call(field, value);
  field.dispatchEvent(new Event(field instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }));
}

function typeAll(kept: Kept['fields']): void {
  const names = new Map<string, Field[]>();
  for (const [name, field] of fieldsOf(document)) names.set(name, [...(names.get(name) ?? []), field]);
  const seen = new Map<string, number>();
  for (const [name, value] of kept) {
    const at = seen.get(name) ?? 0;
    seen.set(name, at + 1);
    const field = names.get(name)?.[at];
    if (field) type(field, value);
  }
}

/** Puts back what was kept before a reload, also into fields that come only when others are filled; until the person types. */
export function restoreTyped(): () => void {
  const kept = takeKept();
  if (kept.length === 0) return () => undefined;
  const timer = setInterval(() => typeAll(kept), STEP_MS);
  const stop = (): void => {
    clearInterval(timer);
    document.removeEventListener('keydown', stop);
    document.removeEventListener('pointerdown', stop);
  };
  document.addEventListener('keydown', stop);
  document.addEventListener('pointerdown', stop);
  setTimeout(stop, RESTORE_MS);
  return stop;
}

/** Loads the page anew without losing what was typed. */
export function reloadWithTyped(): void {
  keepTyped();
  window.location.reload();
}
