import { expect, test } from 'vitest'
import { silencePip } from './silence-pip.ts'

test.each([
  { language: 'sh', code: 'pip install a\necho', silenced: 'pip install -qqq a\necho' },
  { language: 'Bash', code: 'pip install -q a', silenced: 'pip install -q a' },
  { language: 'sh', code: 'echo pip install a', silenced: 'echo pip install a' },
  { language: 'python', code: '! pip install a b\nx = 1', silenced: '! pip install -qqq a b\nx = 1' },
  { language: 'py', code: '!pip install a\n%pip install b', silenced: '!pip install -qqq a\n%pip install -qqq b' },
  { language: 'python', code: 'pip install a', silenced: 'pip install a' },
  { language: 'ruby', code: 'pip install a', silenced: 'pip install a' },
])('in $language $code becomes $silenced', ({ language, code, silenced }) => {
  expect(silencePip({ language, code })).toEqual({ language, code: silenced })
})
