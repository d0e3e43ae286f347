import type { SandboxRuntimeConfig } from '@anthropic-ai/sandbox-runtime'

/** What the keeper of a manager is asked to do. */
export type Request =
  | { readonly type: 'start'; readonly config: SandboxRuntimeConfig }
  | {
      readonly type: 'wrap'
      readonly id: number
      readonly command: string
      readonly filesystem: SandboxRuntimeConfig['filesystem']
    }
  /** A command that was wrapped has ended. */
  | { readonly type: 'ended' }

/** What it answers. */
export type Answer =
  /** The manager stands; `folder` is that of its package. */
  | { readonly type: 'ready'; readonly folder: string }
  | { readonly type: 'wrapped'; readonly id: number; readonly command: string }
  /** Without an id, the manager does not stand. */
  | { readonly type: 'failed'; readonly id?: number; readonly problem: string }
