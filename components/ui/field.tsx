'use client';

import { Description, FieldError, Input, Label, TextArea, TextField } from '@heroui/react';
import { useId, type ReactNode } from 'react';
import { readNumber } from './number.ts';

export interface FieldProps {
  label: string;
  name: string;
  value?: string;
  defaultValue?: string;
  onChange?: (value: string) => void;
  /** What belongs here, before anything is wrong. */
  description?: ReactNode;
  /** What is wrong and how to put it right; names the field by standing in it. */
  error?: string | undefined;
  isRequired?: boolean;
  isDisabled?: boolean;
  type?: 'text' | 'password' | 'search' | 'url' | 'datetime-local';
  inputMode?: 'text' | 'url';
  autoComplete?: string;
  maxLength?: number;
  placeholder?: string;
  rows?: number;
  isMono?: boolean;
  /** Offered while somebody types; anything else can be typed as well. Of a single line. */
  suggestions?: readonly string[];
  className?: string;
}

/** One labelled line or block of text. The value stays on an error. A number has a field of its own, which says how it was read. */
export function Field(props: FieldProps) {
  return <TextLines {...props} />;
}

/** Longer than any number that is read: a pasted text that is cut here is refused, not read as another number. */
const TYPED_MAX = 64;

type NumberFieldProps = Omit<FieldProps, 'type' | 'inputMode' | 'rows' | 'value'> & {
  value: string;
  /** Most decimals that are read. */
  decimals: number;
  /** What a value, counted in units of the last decimal, stands for; undefined where it stands for nothing. */
  inWords: (value: bigint) => string | undefined;
};

/** A line for a number: while it is typed it says what was understood, or is wrong and says why. The only field that takes one. */
export function NumberField({ decimals, inWords, description, error, ...rest }: NumberFieldProps) {
  const { understood, unread } = readingOf(rest.value, { decimals, inWords });
  return (
    <TextLines
      {...rest}
      error={error ?? unread}
      isErrorLive
      maxLength={TYPED_MAX}
      autoComplete="off"
      inputMode={decimals === 0 ? 'numeric' : 'decimal'}
      description={
        <>
          <span>{description}</span>
          <span aria-live="polite" className="block empty:hidden">
            {error === undefined ? understood : undefined}
          </span>
        </>
      }
    />
  );
}

function readingOf(
  typed: string,
  { decimals, inWords }: Pick<NumberFieldProps, 'decimals' | 'inWords'>,
): { understood?: string; unread?: string } {
  if (typed.trim() === '') return {};
  const reading = readNumber(typed, { decimals });
  if (!reading.ok) return { unread: reading.why };
  const words = inWords(reading.value);
  return words === undefined ? {} : { understood: `Read as ${words}.` };
}

type TextLinesProps = Omit<FieldProps, 'inputMode'> & {
  inputMode?: 'text' | 'numeric' | 'decimal' | 'url';
  /** What is wrong can come and go while somebody types: it is heard then. */
  isErrorLive?: boolean;
};

function TextLines({
  label,
  description,
  error,
  rows,
  isMono = false,
  placeholder,
  className,
  isRequired = false,
  maxLength,
  inputMode,
  isErrorLive = false,
  suggestions = [],
  ...rest
}: TextLinesProps) {
  const listId = useId();
  const inputClass = isMono ? 'font-mono' : undefined;
  return (
    <TextField
      fullWidth
      className={className}
      isInvalid={error !== undefined}
      isRequired={isRequired}
      validationBehavior="aria"
      {...rest}
    >
      <Label>{label}</Label>
      {rows === undefined ? (
        <Input
          className={inputClass}
          placeholder={placeholder}
          maxLength={maxLength}
          inputMode={inputMode}
          {...(suggestions.length === 0 ? {} : { list: listId })}
          fullWidth
        />
      ) : (
        <TextArea className={inputClass} placeholder={placeholder} maxLength={maxLength} rows={rows} fullWidth />
      )}
      {suggestions.length === 0 ? null : (
        <datalist id={listId}>
          {suggestions.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
      {description ? <Description>{description}</Description> : null}
      <div aria-live={isErrorLive ? 'polite' : undefined} className="empty:hidden">
        <FieldError>{error}</FieldError>
      </div>
    </TextField>
  );
}
