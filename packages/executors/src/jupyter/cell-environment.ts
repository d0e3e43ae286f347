/** Sets variables, and remembers those that were there. A text in JSON is one in Python, too. */
export function environmentCode(env: Readonly<Record<string, string>>): string {
  return `
def _set_environment(given):
    import os
    get_ipython()._environment_before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
_set_environment(__import__('json').loads(${JSON.stringify(JSON.stringify(env))}))
del _set_environment`
}

/** Puts those back. */
export const RESTORE_ENVIRONMENT = `
def _restore_environment():
    import os
    for name, value in get_ipython()._environment_before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
_restore_environment()
del _restore_environment`
