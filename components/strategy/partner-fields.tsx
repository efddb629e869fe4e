'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { accountLabel } from '#components/ui/format.ts';
import { whyNoAnswer } from '#components/ui/portal-version.ts';
import type { AccountRef } from '#lib/shared/dto.ts';
import { PARTNERS_MAX, type Partner } from './conditions.ts';

/** Finds accounts of the ledger by a public name, an id such as A-7, or an address. */
export type FindAccounts = (text: string) => Promise<AccountRef[]>;

export interface PartnerFieldsProps {
  partners: readonly Partner[];
  onChange: (partners: readonly Partner[]) => void;
  error: string | undefined;
  find: FindAccounts;
}

interface Found {
  readonly text: string;
  readonly accounts: readonly AccountRef[];
}

/** Accounts that alone are admitted, chosen from those of the ledger. */
export function PartnerFields({ partners, onChange, error, find }: PartnerFieldsProps) {
  const [text, setText] = useState('');
  const [found, setFound] = useState<Found>();
  const [sentence, setSentence] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);

  async function search() {
    setIsBusy(true);
    setSentence(undefined);
    try {
      setFound({ text, accounts: await find(text) });
    } catch {
      setSentence(await whyNoAnswer('The portal did not answer: search again.'));
    }
    setIsBusy(false);
  }
  function add({ id, name }: AccountRef) {
    onChange([...partners, { id, name: name ?? '' }]);
    setText('');
    setFound(undefined);
  }
  return (
    <div className="flex flex-col gap-2">
      <NamedPartners partners={partners} onChange={onChange} />
      <div
        className="flex flex-wrap items-start gap-2"
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
          // The form around it is not sent by a search.
          event.preventDefault();
          void search();
        }}
      >
        <Field
          label="Find an account"
          name="partner"
          value={text}
          onChange={setText}
          error={error}
          maxLength={120}
          autoComplete="off"
          description="By its public name, its id such as A-7, or its address."
          className="max-w-sm"
        />
        <Button className="sm:mt-6" isPending={isBusy} isDisabled={text.trim() === ''} onPress={() => void search()}>
          Find
        </Button>
      </div>
      <p role="status" className="text-xs text-muted empty:hidden">
        {sentence ?? (found && found.accounts.length === 0 ? 'No account of the ledger is called so.' : '')}
      </p>
      <FoundAccounts accounts={found?.accounts ?? []} partners={partners} onName={add} />
    </div>
  );
}

function NamedPartners({ partners, onChange }: Pick<PartnerFieldsProps, 'partners' | 'onChange'>) {
  if (partners.length === 0) return null;
  return (
    <ul aria-label="Named accounts" className="flex flex-wrap gap-1.5">
      {partners.map((partner) => (
        <li
          key={partner.id}
          className="flex max-w-full items-center gap-1 rounded-md border border-border bg-surface-secondary ps-2 text-sm"
        >
          <PartnerName {...partner} />
          <Button
            variant="ghost"
            size="sm"
            label={`Remove ${accountLabel(partner.id)}`}
            onPress={() => onChange(partners.filter(({ id }) => id !== partner.id))}
          >
            Remove
          </Button>
        </li>
      ))}
    </ul>
  );
}

interface FoundAccountsProps extends Pick<PartnerFieldsProps, 'partners'> {
  accounts: readonly AccountRef[];
  onName: (account: AccountRef) => void;
}

function FoundAccounts({ accounts, partners, onName }: FoundAccountsProps) {
  const isNamed = (id: number) => partners.some((partner) => partner.id === id);
  if (accounts.length === 0) return null;
  return (
    <ul aria-label="Accounts found" className="flex flex-col gap-1">
      {accounts.map((account) => (
        <li key={account.id} className="flex flex-wrap items-center gap-2 text-sm">
          <PartnerName id={account.id} name={account.name ?? ''} />
          <Button
            size="sm"
            label={`Name ${accountLabel(account.id)}`}
            isDisabled={isNamed(account.id) || partners.length >= PARTNERS_MAX}
            onPress={() => onName(account)}
          >
            {isNamed(account.id) ? 'Named' : 'Name it'}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function PartnerName({ id, name }: Partner) {
  return (
    <span className="min-w-0 break-words">
      {name === '' ? null : <Foreign text={name} />}{' '}
      <span className="font-mono text-[0.8125rem] text-muted">{accountLabel(id)}</span>
    </span>
  );
}
