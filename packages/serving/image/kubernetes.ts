import { stringify } from 'yaml'
import type { Description } from '../description.ts'

/** A Deployment and a Service for an image, as YAML: probes on /health and /ready, one CPU, no root, a read-only root. */
export function kubernetesManifests(description: Description, image: string): string {
  const name = resourceName(description.name)
  const labels = { 'app.kubernetes.io/name': name }
  const probe = (path: string) => ({ httpGet: { path, port: 'http' }, timeoutSeconds: 3 })
  const container = {
    name: 'server',
    image,
    ports: [{ name: 'http', containerPort: 8080 }],
    startupProbe: { ...probe('/ready'), periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { ...probe('/ready'), periodSeconds: 2 },
    livenessProbe: { ...probe('/health'), periodSeconds: 10 },
    resources: { requests: { cpu: '1', memory: '256Mi' }, limits: { memory: '1Gi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels, annotations: { 'mlops-actions/version': description.version } },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' } },
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
          terminationGracePeriodSeconds: 40,
          containers: [container],
        },
      },
    },
  }
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels },
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  }
  return [deployment, service].map((resource) => stringify(resource)).join('---\n')
}

/** Names of Kubernetes know no underscore. */
function resourceName(model: string): string {
  return (
    model
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 63) || 'model'
  )
}
