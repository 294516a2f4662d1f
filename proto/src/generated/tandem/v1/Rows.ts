// Original file: tandem/v1/logits.proto

export const Rows = {
  ROWS_NONE: 'ROWS_NONE',
  ROWS_LAST: 'ROWS_LAST',
  ROWS_ALL: 'ROWS_ALL',
} as const;

export type Rows =
  | 'ROWS_NONE'
  | 0
  | 'ROWS_LAST'
  | 1
  | 'ROWS_ALL'
  | 2

export type Rows__Output = typeof Rows[keyof typeof Rows]
