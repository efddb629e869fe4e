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
  /** It was closed without an answer of `onConfirm`: what is under way is no longer wanted. */
  onCancel?: () => void;
}

/** Asks before what cannot be taken back; focus goes in and comes back by itself. */
export function ConfirmDialog({
  trigger,
  triggerVariant,
  isDisabled,
  onConfirm,
  onCancel,
  ...rest
}: ConfirmDialogProps) {
  const [isOpen, setIsOpen] = useState(false);
  function cancelled() {
    setIsOpen(false);
    onCancel?.();
  }
  async function confirmed() {
    if (await onConfirm()) setIsOpen(false);
  }
  return (
    <>
      <Button variant={triggerVariant} isDisabled={isDisabled} onPress={() => setIsOpen(true)}>
        {trigger}
      </Button>
      <Dialog {...rest} isOpen={isOpen} onClose={cancelled} onConfirm={() => void confirmed()} />
    </>
  );
}

export interface DialogProps extends Pick<
  ConfirmDialogProps,
  'title' | 'children' | 'confirm' | 'confirmVariant' | 'cancel' | 'isPending' | 'isIncomplete'
> {
  isOpen: boolean;
  onClose: () => void;
  onConfirm: () => void;
}

/** A question with two answers. It opens on the one that changes nothing: a second Enter confirms nothing. */
export function Dialog(props: DialogProps) {
  const { isOpen, onClose, title, children, confirm, confirmVariant = 'primary', cancel = 'Cancel' } = props;
  return (
    <AlertDialog.Backdrop
      isOpen={isOpen}
      isKeyboardDismissDisabled={false}
      onOpenChange={(opens) => (opens ? undefined : onClose())}
    >
      <AlertDialog.Container size="md">
        <AlertDialog.Dialog>
          <AlertDialog.Header>
            <AlertDialog.Heading>{title}</AlertDialog.Heading>
          </AlertDialog.Header>
          <AlertDialog.Body>
            <div className="flex flex-col gap-3 text-sm text-foreground">{children}</div>
          </AlertDialog.Body>
          <AlertDialog.Footer>
            <Button autoFocus onPress={onClose}>
              {cancel}
            </Button>
            <Button
              variant={confirmVariant}
              isPending={props.isPending ?? false}
              isDisabled={props.isIncomplete ?? false}
              onPress={props.onConfirm}
            >
              {confirm}
            </Button>
          </AlertDialog.Footer>
        </AlertDialog.Dialog>
      </AlertDialog.Container>
    </AlertDialog.Backdrop>
  );
}
