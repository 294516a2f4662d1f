import { z } from 'zod'

const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })).min(1) })

/** Returns the name of the first model of a gateway, which is its pair. */
export async function firstModel(url: string, apiKey: string | null, signal: AbortSignal): Promise<string> {
  const headers: Record<string, string> = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }
  const { data } = modelsSchema.parse(await (await fetch(`${url}/v1/models`, { headers, signal })).json())
  return data[0]?.id ?? ''
}
