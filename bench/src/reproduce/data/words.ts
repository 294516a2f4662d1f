/**
 * The words of the prompts and answers. Words that can stand in the same place begin with different
 * letters, so that a tiny model spells them right.
 */

/** What a prompt asks about, and what its answer begins with. */
export const things = [
  ...['apple', 'boat', 'cup', 'door', 'egg', 'fan', 'glass', 'hat', 'jar', 'key'],
  ...['lamp', 'map', 'nest', 'pen', 'ring', 'song', 'tent', 'vase', 'wall', 'yard'],
]

/** The place of a thing. It only makes prompts that differ. */
export const places = [
  ...[
    'Accra',
    'Athens',
    'Berlin',
    'Bern',
    'Bogota',
    'Boston',
    'Cairo',
    'Chicago',
    'Dakar',
    'Delhi',
    'Dublin',
    'Geneva',
  ],
  ...['Hanoi', 'Havana', 'Houston', 'Jakarta', 'Kyoto', 'Lagos', 'Lima', 'Lisbon', 'London', 'Lyon', 'Madrid', 'Malmo'],
  ...['Manila', 'Milan', 'Mumbai', 'Munich', 'Nairobi', 'Naples', 'Osaka', 'Oslo', 'Paris', 'Perth', 'Porto', 'Prague'],
  ...['Quito', 'Riga', 'Rome', 'Seoul', 'Sydney', 'Taipei', 'Tokyo', 'Tunis', 'Turin', 'Vienna', 'Warsaw', 'Zurich'],
]

/** The words that the preferred answer has more of. */
export const warmWords = ['calm', 'fair', 'good', 'kind', 'neat', 'safe', 'warm']

/** The other words. */
export const plainWords = ['big', 'dull', 'hard', 'low', 'old', 'red', 'thin']
