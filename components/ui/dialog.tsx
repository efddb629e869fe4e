'use client';

import { AlertDialog } from '@heroui/react';
import { useState, type ReactNode } from 'react';
import { Button, type ButtonProps } from './button.tsx';

export interface ConfirmDialogProps {
  /** The button that opens it. */
  trigger: string;
  triggerVariant?: ButtonProps['variant'];
  title: string;
  children: ReactNode;
  confirm: string;
  confirmVariant?: ButtonProps['variant'];
  cancel?: string;
  isPending?: boolean;
  isDisabled?: boolean;
  /** Something is still to be chosen in the dialog. */
  isIncomplete?: boolean;
  /** The dialog closes when it answers true. */
  onConfirm: () => Promise<boolean>;
}

/** Asks before what cannot be taken back; focus goes in and comes back by itself. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const [isOpen, setIsOpen] = useState(false);
  const {
    trigger,
    triggerVariant,
    title,
    children,
    confirm,
    confirmVariant = 'primary',
    cancel = 'Cancel',
    isPending = false,
  } = props;
  async function confirmed() {
    if (await props.onConfirm()) setIsOpen(false);
  }
  return (
    <>
      <Button variant={triggerVariant} isDisabled={props.isDisabled} onPress={() => setIsOpen(true)}>
        {trigger}
      </Button>
      <AlertDialog.Backdrop isOpen={isOpen} onOpenChange={setIsOpen}>
        <AlertDialog.Container size="md">
          <AlertDialog.Dialog>
            <AlertDialog.Header>
              <AlertDialog.Heading>{title}</AlertDialog.Heading>
            </AlertDialog.Header>
            <AlertDialog.Body>
              <div className="flex flex-col gap-3 text-sm text-foreground">{children}</div>
            </AlertDialog.Body>
            <AlertDialog.Footer>
              <Button onPress={() => setIsOpen(false)}>{cancel}</Button>
              <Button
                variant={confirmVariant}
                isPending={isPending}
                isDisabled={props.isIncomplete ?? false}
                onPress={confirmed}
              >
                {confirm}
              </Button>
            </AlertDialog.Footer>
          </AlertDialog.Dialog>
        </AlertDialog.Container>
      </AlertDialog.Backdrop>
    </>
  );
}
