'use client';

import { useId, type ReactNode } from 'react';

export interface Option {
  value: string;
  label: string;
  description?: string;
}

export interface SelectProps {
  label: string;
  name: string;
  options: readonly Option[];
  value?: string;
  defaultValue?: string;
  onChange?: (value: string) => void;
  description?: ReactNode;
  error?: string | undefined;
  isRequired?: boolean;
  className?: string;
}

/** The browser's own list box: it works before any script, on phones and with every screen reader. */
export function Select({
  label,
  name,
  options,
  value,
  defaultValue,
  onChange,
  description,
  error,
  isRequired = false,
  className,
}: SelectProps) {
  const id = useId();
  const describedBy = error ? `${id}-error` : description ? `${id}-description` : undefined;
  return (
    <div className={`flex min-w-0 flex-col gap-1 ${className ?? ''}`}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <select
        id={id}
        name={name}
        value={value}
        defaultValue={defaultValue}
        required={isRequired}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy}
        data-invalid={error ? 'true' : undefined}
        onChange={(event) => onChange?.(event.target.value)}
        className="input input--full-width h-9 py-1"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {description && !error ? (
        <p id={`${id}-description`} className="text-xs text-muted">
          {description}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="text-xs text-danger">
          {error}
        </p>
      ) : null}
    </div>
  );
}

export interface CheckboxProps {
  label: ReactNode;
  name: string;
  isSelected: boolean;
  onChange: (isSelected: boolean) => void;
  description?: string;
}

export function Checkbox({ label, name, isSelected, onChange, description }: CheckboxProps) {
  const id = useId();
  return (
    <div className="flex min-h-6 items-start gap-2">
      <input
        id={id}
        name={name}
        type="checkbox"
        checked={isSelected}
        onChange={(event) => onChange(event.target.checked)}
        aria-describedby={description ? `${id}-description` : undefined}
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {description ? (
          <p id={`${id}-description`} className="text-xs text-muted">
            {description}
          </p>
        ) : null}
      </div>
    </div>
  );
}

export interface ChoiceGroupProps {
  legend: string;
  name: string;
  options: readonly (Omit<Option, 'description'> & { description?: ReactNode })[];
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  /** Short choices in one line, or explained ones as cards side by side. */
  layout?: 'column' | 'line' | 'cards';
}

const CHOICE_LAYOUTS = {
  column: { list: 'flex flex-col gap-1.5', item: '' },
  line: { list: 'flex flex-wrap gap-x-5 gap-y-1', item: '' },
  cards: {
    list: 'grid gap-2 sm:grid-cols-[repeat(auto-fit,minmax(12rem,1fr))]',
    item: 'rounded-md border border-border px-3 py-2 has-checked:border-accent has-checked:bg-accent-soft',
  },
} as const;

/** Radio buttons: every choice is in sight. */
export function ChoiceGroup({ legend, name, options, value, onChange, error, layout = 'column' }: ChoiceGroupProps) {
  const id = useId();
  return (
    <fieldset aria-describedby={error ? `${id}-error` : undefined} data-invalid={error ? true : undefined}>
      <legend className="mb-1 text-sm font-medium">{legend}</legend>
      <div className={CHOICE_LAYOUTS[layout].list}>
        {options.map((option) => (
          <label key={option.value} className={`flex min-h-6 items-start gap-2 ${CHOICE_LAYOUTS[layout].item}`}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={value === option.value}
              onChange={() => onChange(option.value)}
              className="mt-0.5 size-4 shrink-0 accent-(--accent)"
            />
            <span className="min-w-0">
              <span className={layout === 'cards' ? 'font-medium' : undefined}>{option.label}</span>
              {option.description ? <span className="block text-xs text-muted">{option.description}</span> : null}
            </span>
          </label>
        ))}
      </div>
      {error ? (
        <p id={`${id}-error`} className="mt-1 text-xs text-danger">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}

export interface CheckboxGroupProps {
  legend: string;
  name: string;
  options: readonly Option[];
  values: readonly string[];
  onChange: (values: string[]) => void;
  error?: string | undefined;
  columns?: boolean;
}

export function CheckboxGroup({ legend, name, options, values, onChange, error, columns = false }: CheckboxGroupProps) {
  const id = useId();
  return (
    <fieldset aria-describedby={error ? `${id}-error` : undefined} data-invalid={error ? true : undefined}>
      <legend className="mb-1 text-sm font-medium">{legend}</legend>
      <div
        className={
          columns ? 'grid grid-cols-1 gap-1 min-[420px]:grid-cols-2 md:grid-cols-3' : 'flex flex-wrap gap-x-5 gap-y-1'
        }
      >
        {options.map((option) => (
          <Checkbox
            key={option.value}
            name={name}
            label={option.label}
            isSelected={values.includes(option.value)}
            onChange={(isSelected) =>
              onChange(isSelected ? [...values, option.value] : values.filter((value) => value !== option.value))
            }
          />
        ))}
      </div>
      {error ? (
        <p id={`${id}-error`} className="mt-1 text-xs text-danger">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
