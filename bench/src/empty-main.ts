// An idle Node process that has loaded onnxruntime. P8 subtracts its memory. It ends with its
// parent.
import 'onnxruntime-node'

process.on('disconnect', () => process.exit(0))
process.send?.({ type: 'ready', address: '' })
