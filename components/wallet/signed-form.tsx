'use client';

import { Button } from '#components/ui/button.tsx';
import type { Markup } from '#components/ui/markup.ts';
import { Note } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import type { MethodName } from '#ledger/contracts/definitions.ts';
import { ApiCall, type ApiCallProps } from './api-call.tsx';
import { SigningNote } from './signing-note.tsx';
import { WhatItDoes } from './what-it-does.tsx';
import type { SignedAction } from './use-signed-action.ts';

export interface SignedFormProps<Name extends MethodName> extends ApiCallProps<Name> {
  action: SignedAction<Name>;
  /** Checks the fields, then runs the action. */
  submit: () => Promise<unknown>;
  /** What the button says. */
  button: string;
  isDisabled?: boolean;
  /** What has happened, once it has. */
  done?: string | undefined;
  /** The fields. */
  children: Markup;
}

/** A panel with fields, and at its foot what every signed form ends with: progress, outcome, button, the same as an API call. */
export function SignedForm<Name extends MethodName>(props: SignedFormProps<Name>) {
  const { action, submit, button, isDisabled = false, done, children, method, args } = props;
  return (
    <Panel>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <WhatItDoes method={method} />
        {children}
        <SigningNote step={action.step} sentence={action.sentence} />
        {done === undefined ? null : (
          <Note kind="success" isLive>
            {done}
          </Note>
        )}
        <div>
          <Button type="submit" isPending={action.isPending} isDisabled={isDisabled}>
            {button}
          </Button>
        </div>
        <ApiCall method={method} args={args} />
      </form>
    </Panel>
  );
}
