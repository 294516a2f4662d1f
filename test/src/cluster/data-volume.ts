import { registry, tag } from './images.js'
import type { Kubernetes } from './kubernetes.js'

const names = { pod: 'test-data', claim: 'test-data' }
const folder = '/data'
const readyLimitS = 120

/** A claim for files on the node, and a pod with `tandem` that reads and writes them. */
export class DataVolume {
  readonly claim = names.claim
  private readonly volume: string

  private constructor(private readonly kubernetes: Kubernetes) {
    this.volume = `${kubernetes.options.namespace}-data`
  }

  /** Creates the volume, its claim and the pod, and waits until the pod runs. */
  static async create(kubernetes: Kubernetes): Promise<DataVolume> {
    const data = new DataVolume(kubernetes)
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objectsOf(data.volume) })
    await kubernetes.kubectl(['apply', '--filename', '-'], { input })
    await kubernetes.kubectl(['wait', '--for=condition=Ready', `pod/${names.pod}`, `--timeout=${readyLimitS}s`])
    // Of an earlier run that ended early. The pods of the chart run as another user.
    await data.shell(`rm -rf ${folder}/* && chmod 0777 ${folder}`)
    return data
  }

  /** Runs a line of the shell in the folder of the volume. @returns its standard output */
  shell(line: string, input = ''): Promise<string> {
    return this.kubernetes.kubectl(['exec', '--stdin', names.pod, '--', 'sh', '-euc', `cd ${folder}; ${line}`], {
      input,
    })
  }

  /** Deletes the files and everything that was created. */
  async remove(): Promise<void> {
    await this.shell(`rm -rf ${folder}/*`)
    const objects = [`pod/${names.pod}`, `pvc/${names.claim}`, `pv/${this.volume}`]
    await this.kubernetes.kubectl(['delete', ...objects, '--grace-period=1'])
  }
}

const objectsOf = (volume: string): readonly object[] => [
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volume },
    spec: {
      storageClassName: '',
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: `/var/tmp/${volume}`, type: 'DirectoryOrCreate' },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: names.claim },
    spec: {
      storageClassName: '',
      volumeName: volume,
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: names.pod },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: { runAsUser: 0 },
      containers: [
        {
          name: 'data',
          image: `${registry}/tandem-cli:${tag}`,
          imagePullPolicy: 'IfNotPresent',
          command: ['sleep', 'infinity'],
          volumeMounts: [{ name: 'data', mountPath: folder }],
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: names.claim } }],
    },
  },
]
