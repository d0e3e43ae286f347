import { expect, test } from 'vitest'
import { codeBlocksIn } from './code-blocks.ts'

const python = (code: string) => ({ language: 'python', code })

test.each<[string, string, readonly object[]]>([
  ['a fence', 'Run:\n```python\nprint(1)\n```\nplease', [python('print(1)')]],
  ['tildes', '~~~python\nprint(1)\n~~~', [python('print(1)')]],
  ['a longer fence around a shorter one', '````python\ns = """\n```\n"""\n````', [python('s = """\n```\n"""')]],
  ['a closing fence that is longer', '```python\nprint(1)\n`````', [python('print(1)')]],
  ['words behind the language', '```Python title="x" {1,2}\nprint(1)\n```', [python('print(1)')]],
  ['braces behind the language', '```python{1}\nprint(1)\n```', [python('print(1)')]],
  ['languages with signs', '```c++\nint main(){}\n```', [{ language: 'c++', code: 'int main(){}' }]],
  ['Windows line ends', '```python\r\nprint(1)\r\n```', [python('print(1)')]],
  ['a fence inside a list', '1. Run\n   ```python\n   if x:\n       print(1)\n   ```', [python('if x:\n    print(1)')]],
  ['several blocks', '```python\na\n```\n```sh\nls\n```', [python('a'), { language: 'sh', code: 'ls' }]],
  ['a block that is never closed', 'Run:\n```python\nprint(1)', []],
  ['an empty block', '```python\n\n```', []],
  ['a fence behind words', 'Again: ```python\nprint(1)\n```', [python('print(1)')]],
  ['inline code', 'Use ```print(1)``` here', []],
  ['data', '```json\n{}\n```\n```text\nhi\n```\n```yaml\na: 1\n```', []],
  [
    'a file name in a comment',
    '```python\n# filename: plot.py\nprint(1)\n```',
    [{ ...python('# filename: plot.py\nprint(1)'), filename: 'plot.py' }],
  ],
  [
    'a bare file name in a comment',
    '```js\n// src/main.js\nx\n```',
    [{ language: 'js', code: '// src/main.js\nx', filename: 'src/main.js' }],
  ],
  [
    'a comment that is no file name',
    '```python\n# prints e.g. one\nprint(1)\n```',
    [python('# prints e.g. one\nprint(1)')],
  ],
  [
    'no language, but Python without doubt',
    '```\nimport math\n\nprint(math.pi)\n```',
    [python('import math\n\nprint(math.pi)')],
  ],
  [
    'no language, but shell without doubt',
    '```\npip install numpy\n```',
    [{ language: 'sh', code: 'pip install numpy' }],
  ],
  [
    'no language, but JavaScript without doubt',
    '```\nconst x = 1\nconsole.log(x)\n```',
    [{ language: 'javascript', code: 'const x = 1\nconsole.log(x)' }],
  ],
  ['no language and no sign of one', '```\n1 + 1 = 2\n```', []],
  ['no language and signs of two', '```\nnpm install x\nconst y = 1\n```', []],
])('%s', (_what, text, blocks) => {
  expect(codeBlocksIn(text)).toEqual(blocks)
})
