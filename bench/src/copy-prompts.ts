import type { Prompt } from './client/gateway-client.js'

/**
 * Requests whose answers copy: repetition, correction, edits of code and of data. The assistant's first words are given, as an
 * editor does that asks for a whole file back, and a small model then stays with the copy.
 */
export const copyPrompts: readonly Prompt[] = [
  copy(
    'Repeat the following text word for word.',
    `The lighthouse at Cape Morrow was built in 1874 from granite that had been quarried forty miles inland and carried to the coast on
barges. Its lamp, a first-order Fresnel lens made in Paris, could be seen from twenty-one nautical miles away. Three keepers lived there
with their families until 1958, when the light was made automatic and the houses were sold.`,
    'The lighthouse at Cape Morrow was built in 1874',
  ),
  copy(
    'Correct the spelling mistakes in this text and change nothing else.',
    `Our team has finished the migration of the billing servise to the new cluster. All invoices from March have been checked by hand, and
no differences were found. The old cluster will be switched off on Friday at noon, so please move any remaining jobs before then. If you
need more time, write to the operations team and they will find a solution with you.`,
    'Our team has finished the migration of the billing service',
  ),
  copy(
    'Rename the variable `total` to `sum` in this function and give the whole function back.',
    `def average(values):
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
    'def average(values):\n    sum = 0\n    count = 0\n    for value in values:\n',
  ),
  copy(
    'Add a port of 8080 to this configuration and give the whole file back.',
    `{
  "name": "inventory",
  "version": "1.4.2",
  "host": "127.0.0.1",
  "database": { "host": "db.internal", "name": "inventory", "user": "reader" },
  "cache": { "host": "cache.internal", "ttl": 3600 },
  "log": { "level": "info", "file": "/var/log/inventory.log" }
}`,
    '{\n  "name": "inventory",\n  "version": "1.4.2",\n  "host": "127.0.0.1",\n  "port": 8080,\n',
  ),
  copy(
    'Quote the part of this letter that is about the garden, word for word.',
    `Dear Ruth, thank you for the parcel, which came on Tuesday. The garden has done well in spite of the dry spring: the beans are up to
my shoulder, the tomatoes have begun to turn, and the plum tree that you gave us has its first seven plums. The cat sleeps under it all
day long. We hope to see you in August, and Martin says that the spare room is finished at last.`,
    'The garden has done well in spite of the dry spring:',
  ),
  copy(
    'Write this list again with a star in front of every line.',
    `Bring the blue folder to the front desk
Ask Helen for the key of the archive
Copy the minutes of the last three meetings
Send the copies to the members of the board
Put the blue folder back before six o'clock`,
    '* Bring the blue folder to the front desk\n* Ask Helen for the key of the archive\n',
  ),
]

function copy(task: string, text: string, begun: string): Prompt {
  return {
    messages: [
      { role: 'user', content: `${task}\n\n${text}` },
      { role: 'assistant', content: begun },
    ],
  }
}
