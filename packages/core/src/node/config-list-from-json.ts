import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { assertConfigList, type ConfigEntry } from '../model/config-entry.ts'
import { filterConfig, type ConfigFilter } from '../model/filter-config.ts'
import { quote } from '../util/quote.ts'

/** Where a list of models is read from, and which of it. */
export interface ConfigListOptions {
  /** The folder of the file. Default: where the program was started. */
  readonly fileLocation?: string
  /** Keeps the entries that fit, as {@link filterConfig} does. */
  readonly filterDict?: ConfigFilter
}

/**
 * Reads a list of models, as AutoGen's `config_list_from_json`: from the environment variable of that name, which holds
 * JSON or the path of a file; and if there is none, from the file of that name. The environment is not changed.
 *
 * @throws ConfigurationError when there is neither, or when it is no list of models. What stands in it is not quoted.
 */
export function configListFromJson(envOrFile: string, options: ConfigListOptions = {}): ConfigEntry[] {
  const { fileLocation = '', filterDict } = options
  const variable = process.env[envOrFile]
  const list = variable ? fromVariable(variable, envOrFile) : fromFile(join(fileLocation, envOrFile), envOrFile)
  return filterConfig(list, filterDict)
}

function fromVariable(value: string, name: string): readonly ConfigEntry[] {
  const what = `the environment variable ${quote(name)}`
  return parsed(existsSync(value) ? readFileSync(value, 'utf8') : value, what)
}

function fromFile(path: string, name: string): readonly ConfigEntry[] {
  if (existsSync(path)) return parsed(readFileSync(path, 'utf8'), `the file ${quote(path)}`)
  throw refuse(
    `There is no environment variable ${quote(name)}, and no file ${quote(path)}, to read a list of models from. ` +
      'Write one, as in [{ "model": "gpt-5", "apiKey": "…" }].',
  )
}

function parsed(text: string, what: string): readonly ConfigEntry[] {
  const list = jsonIn(text, what)
  assertConfigList(list, `The list of models in ${what}`)
  return list
}

function jsonIn(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The reason that JSON.parse gives quotes the text, and so perhaps a key.
    throw refuse(`What stands in ${what} is no JSON. Write a list, as in [{ "model": "gpt-5" }].`)
  }
}

function refuse(message: string): ConfigurationError {
  return new ConfigurationError('invalid-option', message)
}
