'use client';

import { Description, FieldError, Input, Label, TextArea, TextField } from '@heroui/react';
import type { ReactNode } from 'react';

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
  type?: 'text' | 'password' | 'number' | 'search' | 'url' | 'datetime-local';
  inputMode?: 'text' | 'numeric' | 'decimal' | 'url';
  autoComplete?: string;
  maxLength?: number;
  placeholder?: string;
  rows?: number;
  isMono?: boolean;
  className?: string;
}

/** One labelled line or block of text. The value stays on an error. */
export function Field({
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
  ...rest
}: FieldProps) {
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
        <Input className={inputClass} placeholder={placeholder} maxLength={maxLength} inputMode={inputMode} fullWidth />
      ) : (
        <TextArea className={inputClass} placeholder={placeholder} maxLength={maxLength} rows={rows} fullWidth />
      )}
      {description ? <Description>{description}</Description> : null}
      <FieldError>{error}</FieldError>
    </TextField>
  );
}
