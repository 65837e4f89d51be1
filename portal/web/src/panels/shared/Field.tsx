/** An input with its label. */
import type { InputHTMLAttributes } from 'preact'
import { useId } from 'preact/hooks'

type Props = Omit<InputHTMLAttributes<HTMLInputElement>, 'name' | 'id'> & {
  name: string
  label: string
  hint?: string
}

export const Field = ({ label, hint, ...input }: Props) => {
  const id = useId()
  return (
    <div class="field">
      <label class="field__label" for={id}>
        {label}
      </label>
      <input class="input" id={id} required aria-describedby={hint ? `${id}-hint` : undefined} {...input} />
      {hint && (
        <small class="quiet" id={`${id}-hint`}>
          {hint}
        </small>
      )}
    </div>
  )
}

/** What was filled into a form that is submitted, by name. */
export const valuesOf = (event: SubmitEvent) =>
  Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement)) as Record<string, string>
