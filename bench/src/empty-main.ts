// A Node process that has loaded onnxruntime and does nothing: what P8 subtracts. Ends with its parent.
import 'onnxruntime-node'

process.on('disconnect', () => process.exit(0))
process.send?.({ type: 'ready', address: '' })
