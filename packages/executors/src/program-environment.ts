/** The environment of programs that are shut in: nothing of the host's. */
export function programEnvironment(home: string, path: string): Record<string, string> {
  return {
    PATH: path,
    LANG: 'C.UTF-8',
    HOME: home,
    TMPDIR: '/tmp',
    MPLBACKEND: 'Agg',
    // What was printed before a limit ended the program is seen, and no byte code lies beside the files.
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  }
}
