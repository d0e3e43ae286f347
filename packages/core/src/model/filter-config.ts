import { optionName, spelledOut } from './config-entry.ts'

/** Which entries are meant: values that an option may have, one or several; `null` for an option that is not there. */
export type ConfigFilter = Readonly<Record<string, unknown>>

/** What becomes of the entries that a filter means. */
export interface FilterConfigOptions {
  /** Leaves them out in place of keeping them. Default `false`. */
  readonly exclude?: boolean
  /** Whether an entry is left out if one of the options fits, or only if all do. Default `any`, as in AutoGen. */
  readonly mode?: 'any' | 'all'
}

/**
 * The entries of a list of models that fit: each option of the filter has one of the values given for it, or shares one
 * with them if it is a list, as `tags` are. Both spellings of options are known. The list itself is not changed.
 */
export function filterConfig<Entry extends object>(
  list: readonly Entry[],
  filter: ConfigFilter | undefined,
  { exclude = false, mode = 'any' }: FilterConfigOptions = {},
): Entry[] {
  const wanted = Object.entries(filter ?? {}).map(([name, value]) => ({
    name: optionName(name),
    values: Array.isArray(value) ? (value as readonly unknown[]) : [value],
  }))
  if (wanted.length === 0) return [...list]
  return list.filter((entry) => {
    const options = spelledOut(entry)
    const fits = wanted.map(({ name, values }) => isOneOf(options[name], values))
    if (!exclude) return fits.every(Boolean)
    return mode === 'any' ? !fits.some(Boolean) : !fits.every(Boolean)
  })
}

function isOneOf(value: unknown, values: readonly unknown[]): boolean {
  if (value === undefined) return values.includes(null)
  return Array.isArray(value) ? value.some((one) => values.includes(one)) : values.includes(value)
}
