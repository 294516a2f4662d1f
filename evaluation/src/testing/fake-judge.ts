import { type FakeGateway, type FakeOptions, type Received, type Reply, startFakeGateway } from './fake-gateway.js'

/** What a judge is shown. */
export interface ShownAnswers {
  readonly first: string
  readonly second: string
  /** The whole message. */
  readonly message: string
}

/** Decides what a judge writes, or what its server answers. */
export type JudgeRule = (shown: ShownAnswers, received: Received) => string | Reply

/** The better answer is the longer one, wherever it stands. */
export const longest: JudgeRule = ({ first, second }) =>
  first.length === second.length ? 'tie' : first.length > second.length ? 'A' : 'B'

/** Starts an OpenAI-compatible server that judges by a rule. It reads the default prompt. */
export const startFakeJudge = (rule: JudgeRule, options: FakeOptions = {}): Promise<FakeGateway> =>
  startFakeGateway({
    isTandem: false,
    ...options,
    intercept: (received) => {
      const decided = rule(readShown(received), received)
      return typeof decided === 'string' ? chatReply(decided) : decided
    },
  })

function readShown({ body }: Received): ShownAnswers {
  const [{ content: message = '' } = {}] = body.messages as { content?: string }[]
  const answer = (name: string) =>
    new RegExp(`^----- answer ${name} (\\w+) -----\\n([\\s\\S]*)\\n----- end of answer ${name} \\1 -----$`, 'm').exec(
      message,
    )?.[2]
  return { first: answer('A') ?? '', second: answer('B') ?? '', message }
}

const chatReply = (content: string): Reply => ({
  status: 200,
  text: JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] }),
})
