import { Button } from './button.tsx';

export interface FilterSearchProps {
  path: string;
  /** What is searched, for who does not see it. */
  title: string;
  id: string;
  label: string;
  text: string | undefined;
  lengthMax: number;
  /** The rest of the filter, which goes with the search; what is undefined stays out of the address. */
  kept: Readonly<Record<string, string | undefined>>;
}

/** The search by a text below a list's rows of choices: a form of the page, so that it works before the page's scripts are there. */
export function FilterSearch({ path, title, id, label, text, lengthMax, kept }: FilterSearchProps) {
  return (
    <form action={path} role="search" aria-label={title} className="flex flex-wrap items-center gap-2 text-sm">
      {Object.entries(kept).map(([name, value]) =>
        value === undefined ? null : <input key={name} type="hidden" name={name} value={value} />,
      )}
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name="text"
        type="search"
        defaultValue={text ?? ''}
        maxLength={lengthMax}
        className="input h-8 w-52 py-1"
      />
      <Button type="submit" size="sm">
        Search
      </Button>
    </form>
  );
}
