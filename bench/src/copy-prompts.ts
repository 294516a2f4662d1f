import type { Prompt } from './client/gateway-client.js'

/** Number of words that the last answer begins with. */
const begunWords = 8

/**
 * Conversations that repeat a text, a list, code or a configuration for the third time, as in a
 * session of edits. The last answer has begun already, because the embedded pair is too small to
 * copy from an instruction, above all with AAD.
 */
export const copyPrompts: readonly Prompt[] = [
  copy(
    'Repeat the following text word for word.',
    `The lighthouse at Cape Morrow was built in 1874 from granite that had been quarried forty miles inland and carried to the coast on
barges. Its lamp, a first-order Fresnel lens made in Paris, could be seen from twenty-one nautical miles away. Three keepers lived there
with their families until 1958, when the light was made automatic and the houses were sold.`,
  ),
  copy(
    'Correct the spelling mistakes in this text and change nothing else.',
    `Our team has finished the migration of the billing service to the new cluster. All invoices from March have been checked by hand, and
no differences were found. The old cluster will be switched off on Friday at noon, so please move any remaining jobs before then. If you
need more time, write to the operations team and they will find a solution with you.`,
  ),
  copy(
    'Add type hints to this function where they are missing and give the whole function back.',
    `def average(values: list[float]) -> float:
    total = 0
    count = 0
    for value in values:
        if value is None:
            continue
        total = total + value
        count = count + 1
    if count == 0:
        return 0
    return total / count`,
  ),
  copy(
    'Set the port to 8080 in this configuration and give the whole file back.',
    `{
  "name": "inventory",
  "version": "1.4.2",
  "host": "127.0.0.1",
  "port": 8080,
  "database": { "host": "db.internal", "name": "inventory", "user": "reader" },
  "cache": { "host": "cache.internal", "ttl": 3600 },
  "log": { "level": "info", "file": "/var/log/inventory.log" }
}`,
  ),
  copy(
    'Quote this letter word for word.',
    `Dear Ruth, thank you for the parcel, which came on Tuesday. The garden has done well in spite of the dry spring: the beans are up to
my shoulder, the tomatoes have begun to turn, and the plum tree that you gave us has its first seven plums. The cat sleeps under it all
day long. We hope to see you in August, and Martin says that the spare room is finished at last.`,
  ),
  copy(
    'Write this list again without changes.',
    `* Bring the blue folder to the front desk
* Ask Helen for the key of the archive
* Copy the minutes of the last three meetings
* Send the copies to the members of the board
* Put the blue folder back before six o'clock
* Lock the archive and give the key back to Helen
* Write down who has taken a copy, and when`,
  ),
]

function copy(task: string, text: string): Prompt {
  const question = { role: 'user', content: `${task}\n\n${text}` } as const
  const answer = { role: 'assistant', content: text } as const
  const begun = new RegExp(`^(\\s*\\S+){${begunWords}}`).exec(text)?.[0] ?? text
  return { messages: [question, answer, question, answer, question, { role: 'assistant', content: begun }] }
}
