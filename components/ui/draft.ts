/** Names of a draft's plain text fields. */
type TextName<Draft> = { [Name in keyof Draft]: Draft[Name] extends string ? Name : never }[keyof Draft] & string;

export interface DraftForm<Draft> {
  draft: Draft;
  onChange: (draft: Draft) => void;
  errors: Readonly<Partial<Record<TextName<Draft>, string>>>;
}

/** Binds a text field of a draft: name, value, change and error in one word. */
export function textFields<Draft extends object>({ draft, onChange, errors }: DraftForm<Draft>) {
  return (name: TextName<Draft>) => ({
    name,
    value: String(draft[name]),
    onChange: (value: string) => onChange({ ...draft, [name]: value }),
    error: errors[name],
  });
}
