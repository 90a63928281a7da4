/** Upper bounds in seconds, from half a millisecond on: a prediction takes less than one. */
const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
const rows = [1, 2, 4, 8, 16, 32, 64, 128, 256]

class Histogram {
  private readonly bounds: number[]
  private readonly counts: number[]
  private sum = 0
  private total = 0

  constructor(bounds: number[]) {
    this.bounds = bounds
    this.counts = bounds.map(() => 0)
  }

  observe(value: number): void {
    const at = this.bounds.findIndex((bound) => value <= bound)
    if (at >= 0) this.counts[at]! += 1
    this.sum += value
    this.total += 1
  }

  lines(name: string, labels: string): string[] {
    let below = 0
    const comma = labels === '' ? '' : ','
    const buckets = this.bounds.map((bound, i) => {
      below += this.counts[i]!
      return `${name}_bucket{${labels}${comma}le="${bound}"} ${below}`
    })
    return [
      ...buckets,
      `${name}_bucket{${labels}${comma}le="+Inf"} ${this.total}`,
      `${name}_sum${labels && `{${labels}}`} ${this.sum}`,
      `${name}_count${labels && `{${labels}}`} ${this.total}`,
    ]
  }
}

/** What the server counts, in Prometheus' text format. Times are in seconds. */
export class Metrics {
  private readonly requests = new Map<string, number>()
  private readonly durations = new Map<string, Histogram>()
  private readonly waits = new Histogram(seconds)
  private readonly runs = new Histogram(seconds)
  private readonly batches = new Histogram(rows)
  private rowsTotal = 0

  request(route: string, code: number, duration: number): void {
    const key = `route="${route}",code="${code}"`
    this.requests.set(key, (this.requests.get(key) ?? 0) + 1)
    const histogram = this.durations.get(route) ?? new Histogram(seconds)
    this.durations.set(route, histogram)
    histogram.observe(duration)
  }

  run(ran: { rows: number; run: number; waits: number[] }): void {
    this.rowsTotal += ran.rows
    this.batches.observe(ran.rows)
    this.runs.observe(ran.run)
    for (const wait of ran.waits) this.waits.observe(wait)
  }

  /** @param now `logged`: rows of the prediction log, where there is one */
  text(now: {
    queuedRows: number
    ready: boolean
    info: Record<string, string>
    logged?: { written: number; dropped: number } | undefined
  }): string {
    const info = Object.entries(now.info).map(([key, value]) => `${key}="${escapeLabel(value)}"`)
    const durations = [...this.durations].flatMap(([route, histogram]) =>
      histogram.lines('serving_request_duration_seconds', `route="${route}"`),
    )
    return [
      ...metric('serving_model_info', 'gauge', 'The model that is served.', [
        `serving_model_info{${info.join(',')}} 1`,
      ]),
      ...metric('serving_ready', 'gauge', '1 when the server takes requests.', [`serving_ready ${now.ready ? 1 : 0}`]),
      ...metric(
        'serving_requests_total',
        'counter',
        'Requests by route and status code.',
        [...this.requests].map(([key, count]) => `serving_requests_total{${key}} ${count}`),
      ),
      ...metric(
        'serving_request_duration_seconds',
        'histogram',
        'From the head of a request to its answer.',
        durations,
      ),
      ...metric(
        'serving_queue_duration_seconds',
        'histogram',
        'How long a request waited for its run.',
        this.waits.lines('serving_queue_duration_seconds', ''),
      ),
      ...metric(
        'serving_inference_duration_seconds',
        'histogram',
        'One run of the model.',
        this.runs.lines('serving_inference_duration_seconds', ''),
      ),
      ...metric('serving_batch_rows', 'histogram', 'Rows of one run.', this.batches.lines('serving_batch_rows', '')),
      ...metric('serving_queue_rows', 'gauge', 'Rows that wait.', [`serving_queue_rows ${now.queuedRows}`]),
      ...metric('serving_rows_total', 'counter', 'Rows scored.', [`serving_rows_total ${this.rowsTotal}`]),
      ...(now.logged === undefined ? [] : loggedLines(now.logged)),
      '',
    ].join('\n')
  }
}

function loggedLines({ written, dropped }: { written: number; dropped: number }): string[] {
  const name = 'serving_prediction_log'
  return [
    ...metric(`${name}_rows_total`, 'counter', 'Rows logged.', [`${name}_rows_total ${written}`]),
    ...metric(`${name}_dropped_total`, 'counter', 'Rows that the log could not take.', [
      `${name}_dropped_total ${dropped}`,
    ]),
  ]
}

function metric(name: string, type: string, help: string, lines: string[]): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines]
}

function escapeLabel(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')
}
