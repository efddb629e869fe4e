'use client';

import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { ChoiceGroup, Select, type Option } from './choice.tsx';

/** One comparison as a form holds it: of what, how, and with which values as they are typed. */
export interface Test {
  readonly what: string;
  readonly comparison: string;
  readonly values: readonly string[];
}

/** Comparisons of which all or any must hold. */
export interface Tests<Item extends Test> {
  readonly join: 'all' | 'any';
  readonly tests: readonly Item[];
}

/** What stands beside a comparison: the field of its value, with the error that belongs to it. */
export interface ValueProps<Item extends Test> {
  test: Item;
  onChange: (part: Partial<Item>) => void;
  error: string | undefined;
  label: string;
  name: string;
}

export interface TestListProps<Item extends Test> {
  /** Of the fields: `rule-1`. */
  name: string;
  /** What is compared: `Column`. */
  whatLabel: string;
  whats: readonly Option[];
  comparisonsOf: (what: string) => readonly Option[];
  form: Tests<Item>;
  onChange: (form: Tests<Item>) => void;
  /** By the comparison's place. */
  errors: readonly (string | undefined)[];
  /** A comparison to begin with, of what was chosen. */
  first: (what?: string) => Item;
  /** Undefined where the comparison takes no value. */
  value: (props: ValueProps<Item>) => ReactNode;
  testsMax: number;
  /** None may be left: then nothing is compared. */
  isOptional?: boolean;
}

/** Comparisons, one a row: what is compared, how, with what; several are joined by one word. */
export function TestList<Item extends Test>(props: TestListProps<Item>) {
  const { name, form, onChange, first } = props;
  const { join, tests } = form;
  const canRemove = tests.length > 1 || (props.isOptional ?? false);
  return (
    <div className="flex flex-col gap-3">
      {tests.length > 1 ? (
        <ChoiceGroup
          legend="What must hold"
          name={`${name}-join`}
          value={join}
          onChange={(word) => onChange({ join: word === 'any' ? 'any' : 'all', tests })}
          options={[
            { value: 'all', label: 'all of these' },
            { value: 'any', label: 'any of these' },
          ]}
          layout="line"
        />
      ) : null}
      {tests.map((test, index) => (
        <TestRow
          key={index}
          {...props}
          test={test}
          index={index}
          onTest={(next) => onChange({ join, tests: tests.map((other, at) => (at === index ? next : other)) })}
          onRemove={canRemove ? () => onChange({ join, tests: tests.filter((_, at) => at !== index) }) : undefined}
        />
      ))}
      <div>
        <Button
          size="sm"
          isDisabled={tests.length >= props.testsMax}
          onPress={() => onChange({ join, tests: [...tests, first()] })}
        >
          Add a comparison
        </Button>
      </div>
    </div>
  );
}

interface TestRowProps<Item extends Test> extends TestListProps<Item> {
  test: Item;
  index: number;
  onTest: (test: Item) => void;
  /** Undefined where it has to stay. */
  onRemove: (() => void) | undefined;
}

function TestRow<Item extends Test>(props: TestRowProps<Item>) {
  const { name, whatLabel, whats, form, test, index, errors, onTest, onRemove } = props;
  const number = form.tests.length > 1 ? ` ${index + 1}` : '';
  return (
    <div
      role="group"
      aria-label={`Comparison ${index + 1}`}
      className="grid items-start gap-2 sm:grid-cols-[minmax(0,1fr)_minmax(0,9rem)_minmax(0,1.3fr)_auto]"
    >
      <Select
        label={`${whatLabel}${number}`}
        name={`${name}-what-${index}`}
        value={test.what}
        onChange={(what) => onTest(props.first(what))}
        options={whats}
      />
      <Select
        label={`Comparison${number}`}
        name={`${name}-comparison-${index}`}
        value={test.comparison}
        onChange={(comparison) => onTest({ ...test, comparison })}
        options={props.comparisonsOf(test.what)}
      />
      <div className="min-w-0">
        {props.value({
          test,
          onChange: (part) => onTest({ ...test, ...part }),
          error: errors[index],
          label: `Value${number}`,
          name: `${name}-value-${index}`,
        })}
      </div>
      {onRemove ? (
        <Button className="sm:mt-6" label={`Remove comparison ${index + 1}`} onPress={onRemove}>
          Remove
        </Button>
      ) : null}
    </div>
  );
}
