import Link from 'next/link';
import { hrefWith } from './pager.tsx';

export interface FilterChoice {
  value: string;
  label: string;
}

export interface FilterRowProps {
  title: string;
  path: string;
  filter: Readonly<Record<string, string | undefined>>;
  name: string;
  choices: readonly FilterChoice[];
}

/** Links that narrow a list by one word of its address. */
export function FilterRow({ title, path, filter, name, choices }: FilterRowProps) {
  return (
    <nav aria-label={title} className="flex flex-wrap gap-1 text-sm">
      {choices.map(({ value, label }) => {
        const isOn = (filter[name] ?? '') === value;
        return (
          <Link
            key={value}
            href={hrefWith(path, filter, { [name]: value, page: undefined })}
            prefetch={false}
            aria-current={isOn ? 'true' : undefined}
            className={`rounded-sm px-2 py-0.5 ${isOn ? 'bg-default font-medium' : 'text-muted hover:text-foreground'}`}
          >
            {label}
          </Link>
        );
      })}
    </nav>
  );
}
