import type { Metadata, MetadataValue } from './header.js'

/** Typed access to the metadata of a GGUF file. Every error names the file and the key. */
export class MetadataReader {
  constructor(
    private readonly metadata: Metadata,
    readonly path: string,
  ) {}

  has = (key: string) => this.metadata.has(key)

  string = (key: string) => this.required(key, this.optionalString(key))
  number = (key: string) => this.required(key, this.optionalNumber(key))
  strings = (key: string) => this.required(key, this.array(key, (v) => typeof v === 'string') as string[] | null)

  optionalString = (key: string) => this.typed(key, 'a string', (v): v is string => typeof v === 'string')
  optionalNumber = (key: string) => this.typed(key, 'one number', (v): v is number => typeof v === 'number')
  optionalBoolean = (key: string) => this.typed(key, 'a boolean', (v): v is boolean => typeof v === 'boolean')
  optionalNumbers = (key: string) => this.array(key, (v) => typeof v === 'number') as number[] | null

  private typed<T extends MetadataValue>(
    key: string,
    expected: string,
    is: (value: MetadataValue) => value is T,
  ): T | null {
    const value = this.metadata.get(key)
    if (value === undefined) return null
    if (!is(value)) throw new Error(`${this.path}: metadata ${key} is ${describe(value)}: expected ${expected}`)
    return value
  }

  private array(key: string, isElement: (value: MetadataValue) => boolean): readonly MetadataValue[] | null {
    const value = this.metadata.get(key)
    if (value === undefined) return null
    if (!Array.isArray(value) || !value.every(isElement))
      throw new Error(`${this.path}: metadata ${key} is ${describe(value)}: expected an array of another type`)
    return value
  }

  private required<T>(key: string, value: T | null): T {
    if (value === null) throw new Error(`${this.path} has no metadata ${key}, which a build needs`)
    return value
  }
}

const describe = (value: MetadataValue) =>
  Array.isArray(value) ? `an array of ${value.length}` : JSON.stringify(value)
