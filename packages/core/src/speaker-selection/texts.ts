import type { Agent } from '../agent.ts'

/** The selector's system message, unless the group has one of its own. */
export const SELECT_SPEAKER_MESSAGE = `You moderate a conversation in which these roles take part:
{roles}

Read the conversation and choose which role of {agentlist} speaks next. Answer with the name of the role and nothing else.`

/** The selector's question behind the transcript. */
export const SELECT_SPEAKER_PROMPT = 'Which of {agentlist} speaks next? Answer with that name alone.'

const RULES = `Choose by these rules, in this order:
1. If the text speaks as a role of its own accord, that role is meant.
2. If it says who is next, that role is meant.
3. Otherwise the role that it names first is meant.
Write the name in full and in the same letter case, with no reason and nothing else.`

/** Asked when the selector named several roles. */
export const SELECT_SPEAKER_MULTIPLE: string = `Your answer names more than one role. Name exactly one of {agentlist}.\n${RULES}`

/** Asked when the selector named no role. */
export const SELECT_SPEAKER_NONE: string = `Your answer names no role. Name exactly one of {agentlist}; no other name counts.\n${RULES}`

/** The line in front of the list of members. */
export const INTRODUCTION = 'Hello, everybody. These are the members of our group, and what they are good at:'

/** The members as lines `name: description`. */
export function rolesOf(agents: readonly Agent[]): string {
  return agents.map(({ name, description }) => `${name}: ${description}`.trim()).join('\n')
}

/** Fills in the slots `{roles}` and `{agentlist}`; other braces stay as they are. */
export function filled(template: string, agents: readonly Agent[]): string {
  const names = agents.map(({ name }) => (name.includes("'") ? `"${name}"` : `'${name}'`))
  return template.replaceAll('{roles}', () => rolesOf(agents)).replaceAll('{agentlist}', () => `[${names.join(', ')}]`)
}
