import { Refusal } from './sentence.ts';

/** What docs/operate/configuration.md says of a variable; the test of that table reads it here. */
export interface VariableText {
  /** As it would be typed; undefined when there is none. */
  readonly byDefault?: string;
  readonly meaning: string;
}

/** What a process was started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An environment in which nothing but the table's variables can be read. */
export type VariablesOf<Table> = Readonly<Record<keyof Table & string, string | undefined>>;

export function variablesOf<Table extends Readonly<Record<string, VariableText>>>(
  table: Table,
  environment: Environment,
): VariablesOf<Table> {
  return Object.fromEntries(Object.keys(table).map((name) => [name, environment[name]])) as VariablesOf<Table>;
}

/** A value that has the form, or undefined for none; else a sentence with an example. */
export function matching<Name extends string>(
  source: Readonly<Record<Name, string | undefined>>,
  name: Name,
  { form, example }: { form: RegExp; example: string },
): string | undefined {
  const value = source[name];
  if (value === undefined || value === '') return undefined;
  if (!form.test(value)) throw new Refusal(`${name} is “${value}”: give it as ${example}.`);
  return value;
}
