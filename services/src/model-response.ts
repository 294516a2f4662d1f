import { createHash } from 'node:crypto'
import { keyValueBytesPerToken, type Manifest } from '@tandem/models/folder'
import type { Device, GetModelResponse } from '@tandem/proto'

/** Builds the handshake: what the gateway must know about the model. */
export function toModelResponse(manifest: Manifest, role: string, engine: string, device: Device): GetModelResponse {
  return {
    modelId: manifest.modelId,
    version: manifest.version,
    role,
    vocabularySize: manifest.vocabularySize,
    tokenizerFingerprint: manifest.tokenizerFingerprint,
    chatTemplateFingerprint: manifest.chatTemplateFingerprint ?? '',
    eosTokenIds: manifest.eosTokenIds,
    ...(manifest.bosTokenId === null ? {} : { bosTokenId: manifest.bosTokenId }),
    contextLength: manifest.contextLength,
    precision: manifest.precision,
    adapter: manifest.adapter?.name ?? '',
    adapterScale: manifest.adapter?.scale ?? 0,
    kvBytesPerToken: keyValueBytesPerToken(manifest),
    engine,
    device,
  }
}

/** Builds the handshake of the base model, from that of the model with its adapter. */
export function toBaseModel(model: GetModelResponse, role: string): GetModelResponse {
  const version = createHash('sha256').update(`${model.version} without its adapter`).digest('hex')
  return { ...model, modelId: `${model.modelId} without its adapter`, version, role, adapter: '', adapterScale: 0 }
}
