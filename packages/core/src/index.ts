// Agents
export { ConversableAgent } from './conversable-agent.ts'
export { DEFAULT_SYSTEM_MESSAGE, type ConversableAgentOptions } from './agent-options.ts'
export { ASSISTANT_DESCRIPTION, ASSISTANT_SYSTEM_MESSAGE, AssistantAgent } from './assistant-agent.ts'
export { USER_PROXY_DESCRIPTIONS, UserProxyAgent } from './user-proxy-agent.ts'
export { GroupChatManager, type GroupChatManagerOptions } from './group-chat-manager.ts'
export { SocietyOfMindAgent, type SocietyOfMindAgentOptions } from './society-of-mind-agent.ts'
export { SOCIETY_FRAME, SOCIETY_INSTRUCTION, type ResponsePreparer } from './replies/society.ts'

// Groups
export type {
  GroupChatOptions,
  SelectionFunction,
  SelectionInput,
  SelectionMethod,
  SelectionRule,
  SelectionTexts,
} from './speaker-selection/group.ts'
export { mentionedNames } from './speaker-selection/mentions.ts'
export {
  INTRODUCTION,
  SELECT_SPEAKER_MESSAGE,
  SELECT_SPEAKER_MULTIPLE,
  SELECT_SPEAKER_NONE,
  SELECT_SPEAKER_PROMPT,
} from './speaker-selection/texts.ts'
export type { PreparedGroup, ResumeOptions } from './resume.ts'
export type { VisibilityRule } from './chat-loop.ts'

// Chats
export { initiateChats, type QueuedChat } from './chat-queue.ts'
export { initiateChatGraph, type ChatKey, type GraphChat } from './chat-graph.ts'
export { initiateChat, type ChatOptions, type OpeningInput } from './chat.ts'
export { OUTPUT_QUESTION, type ChatOutputOptions } from './chat-output.ts'
export { OUTPUT_INSTRUCTION, OUTPUT_REPAIR, type OutputOptions } from './model/output.ts'
export type { Sides } from './two-agents.ts'
export type { Carryover } from './carryover.ts'
export { REFLECTION_PROMPT, type SummaryArgs, type SummaryInput, type SummaryMethod } from './summary.ts'
export type { SendOptions } from './send.ts'
export type { ReplyToOptions } from './reply-to.ts'
export type { RunOptions } from './start-run.ts'
export type { ChatRun } from './chat-run.ts'

// What a chat leaves, and what is seen while it is held
export type { ChatResult } from './chat-result.ts'
export type { NoProgressOptions } from './progress-watch.ts'
export type { StopReason, StopRule } from './stop-reason.ts'
export { Conversation, type ConversationState } from './conversation.ts'
export { totalUsage, type Usage, type UsageReport, type UsageTable } from './usage.ts'
export type {
  ChatEvent,
  ChatStart,
  CodeEnd,
  ContextTrim,
  Emit,
  EventBody,
  EventOf,
  EventOrigin,
  HumanPurpose,
  MessageSent,
  ModelCallEnd,
  ModelCallStart,
  ModelEvent,
  ShortenedText,
  SpeakerSelected,
} from './event.ts'

// Messages
export {
  authorOf,
  textOf,
  type ContentPart,
  type FilePart,
  type ImagePart,
  type JsonValue,
  type Message,
  type MessageDraft,
  type MessageInput,
  type ProviderMetadata,
  type ReasoningPart,
  type SlotValues,
  type TextPart,
  type ToolCall,
  type ToolResult,
} from './message.ts'

// What a model is shown of a long conversation
export {
  TransformMessages,
  type MessageTransform,
  type TransformableAgent,
  type TransformMessagesOptions,
} from './transforms/transform-messages.ts'
export { MessageHistoryLimiter, type MessageHistoryLimiterOptions } from './transforms/message-history-limiter.ts'
export { MessageTokenLimiter, type MessageTokenLimiterOptions } from './transforms/message-token-limiter.ts'
export { TextMessageContentName, type TextMessageContentNameOptions } from './transforms/text-message-content-name.ts'
export type { MessageFilterOptions } from './transforms/message-filter.ts'
export { COMPACTION_PROMPT } from './model/window/compaction.ts'
export { tokenCounterFor } from './model/token-counter.ts'

// Tools
export { tool, type ToolOptions, type ToolOutput } from './tools/tool.ts'
export type { Schema } from './tools/schema.ts'
export { readShortened, type ReadShortenedOptions } from './tools/read-shortened.ts'
export type { CheckedArguments, JsonSchema, Tool, ToolContext, ToolSpec } from './ports/tool.ts'

// Models: how agents ask them, and what can be put around any of them
export type {
  AnswerFilter,
  Compaction,
  ContextWindow,
  FilterContext,
  LlmConfig,
  ModelAnswer,
  ModelEntry,
  ModelSettings,
  ModelSource,
  RetryOptions,
  SpeakerNames,
  ToolCalls,
  ToolChoice,
} from './ports/model.ts'
export type { LongInputPrices, ModelName, ModelPrice, Prices, PriceSource, TokenPrices } from './ports/prices.ts'
export { installedPrices } from './model/genai-prices.ts'
export type { Budget, BudgetWall, Claim, Reservation, Spent } from './ports/budget.ts'
export type { ModelCache } from './ports/model-cache.ts'
export type { RateLimit, RateLimitSlot } from './ports/rate-limit.ts'
export { MemoryCache, type MemoryCacheOptions } from './model/memory-cache.ts'
export { RateLimiter, type RateLimits } from './model/rate-limiter.ts'
export { modelsFromConfigList } from './model/models-from-config-list.ts'
export { filterConfig, type ConfigFilter, type FilterConfigOptions } from './model/filter-config.ts'
export type { ConfigEntry } from './model/config-entry.ts'
export { withCache } from './model/with-cache.ts'
export { withFallback, type FallbackOptions } from './model/with-fallback.ts'
export { withRateLimit } from './model/with-rate-limit.ts'
export { withRetry } from './model/with-retry.ts'
export { withTextTools } from './model/with-text-tools.ts'
export { withTimeout } from './model/with-timeout.ts'
export type { Deadlines } from './model/streamed-call.ts'
export type { LayerWatcher } from './model/layered-model.ts'
export { TEXT_TOOLS_PROMPT } from './model/text-tools.ts'

// Own reply functions, hooks and agents
export type { Agent, AgentClass, Reply, ReplyFunction, SenderTest, Sending, Trigger, Turn } from './agent.ts'
export type { BuiltInReply, RegisterReplyOptions, ReplyPosition } from './reply-list.ts'
export type { HookName, Hooks } from './hooks.ts'
export type { HumanInputMode } from './replies/termination.ts'
export type { CodeExecutionConfig } from './replies/code-execution.ts'
export type { NestedChat } from './replies/nested-chats.ts'

// Ports: what can be handed in
export type { TokenCounter } from './ports/token-counter.ts'
export type { HumanInput, HumanQuestion } from './ports/human-input.ts'
export { inlineRuntime, type Runtime, type StepAbout } from './ports/runtime.ts'
export type { ChatContext } from './ports/chat-context.ts'
export type { CodeArtifact } from './code-artifact.ts'
export type { CodeBlock } from './code-block.ts'
export type { CodeDecision } from './code-decision.ts'
export type { BeforeExecute, CodeRequest } from './ports/code-approval.ts'
export type {
  Artifact,
  CodeExecutor,
  CodeResult,
  ExecuteOptions,
  Execution,
  ExecutionEnd,
  ExecutionEvent,
  ExecutionLimits,
  Isolation,
} from './ports/code-executor.ts'
export { codeBlocksIn } from './code-blocks.ts'

// Errors
export { AgentChatError } from './errors/agent-chat-error.ts'
export { BudgetError } from './errors/budget-error.ts'
export { CallbackError } from './errors/callback-error.ts'
export { CodeExecutorError } from './errors/code-executor-error.ts'
export { ConfigurationError, type ConfigurationCode } from './errors/configuration-error.ts'
export { MessageError } from './errors/message-error.ts'
export { ModelError, type ModelErrorOptions, type ModelFailure } from './errors/model-error.ts'
export { OutputError } from './errors/output-error.ts'
