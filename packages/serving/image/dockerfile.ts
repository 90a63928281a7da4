import type { Description } from '../description.ts'

interface Facts {
  description: Description
  sha256: string
  baseImage: string
}

/** The Dockerfile of a model server: no package is installed, the process is not root, its health is asked of /ready. */
export function dockerfile({ description, sha256, baseImage }: Facts): string {
  const health =
    "fetch('http://127.0.0.1:'+process.env.PORT+'/ready').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"
  return `ARG BASE_IMAGE=${baseImage}
FROM \${BASE_IMAGE}
LABEL org.opencontainers.image.title=${quoted(description.name)} \\
      org.opencontainers.image.version=${quoted(description.version)} \\
      io.github.mlops-actions.model.sha256=${quoted(sha256)}
# onnxruntime sends usage data home unless it is told not to.
ENV NODE_ENV=production \\
    ORT_DISABLE_TELEMETRY=1 \\
    MODEL_DIR=/app/model \\
    HOST=0.0.0.0 \\
    PORT=8080 \\
    DRAIN_SECONDS=5
WORKDIR /app
COPY app/ ./
# By number, so that Kubernetes' runAsNonRoot can see that it is not root. Nothing is written: a read-only root works.
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=15s CMD ["node", "-e", ${JSON.stringify(health)}]
CMD ["node", "server/index.js"]
`
}

/** What stands beside the Dockerfile for people. */
export function readme({ description, sha256, baseImage }: Facts): string {
  const { name, version } = description
  return `# Image of ${name} ${version}

The build context of an image that serves one ONNX model (sha256 \`${sha256}\`). Build it, on ${baseImage}, with nothing
else from the network:

    docker build --tag ${name}:${version} .
    docker run --rm --read-only --publish 8080:8080 ${name}:${version}

It answers on port 8080:

| route | what |
|---|---|
| \`POST /predict\` | \`[{"field": value, ...}]\` -> one label with probabilities, or one value, a row |
| \`POST /invocations\` | MLflow's scoring protocol: dataframe_split, dataframe_records, instances, inputs, text/csv |
| \`/v2/...\` | the Open Inference Protocol, version 2 (\`POST /v2/models/${name}/infer\`) |
| \`GET /health\`, \`GET /ready\` | up; ready once the golden rows were answered as they were at registration |
| \`GET /metrics\` | Prometheus |
| \`GET /profile\` | what the rows of the last day look like, for a drift check; with \`PROFILE_TOKEN\` alone |

Settings, as environment variables: \`PORT\` (8080), \`MAX_BATCH\` (32 rows), \`MAX_QUEUE\` (2000 rows, then 429),
\`BODY_LIMIT\` (8388608 bytes, then 413), \`DRAIN_SECONDS\` (5: how long it serves on after SIGTERM),
\`PREDICTION_LOG\` (a file on a mounted volume that the user 65532 may write to, or \`-\` for standard output: served rows as
JSON Lines; not logged where it is not set), \`PREDICTION_LOG_SAMPLE\` (1: the share of the rows that are logged),
\`PROFILE_TOKEN\` (the bearer token that opens \`/profile\`), \`PROFILE_HOURS\` (24: how long a row counts there).
`
}

/** A value of LABEL: nothing in it ends the string or names a variable. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('$', '\\$')
}
