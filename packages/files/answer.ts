import type { ClientRequest, IncomingMessage } from 'node:http'

/** The answer to a request, which this ends; an Error where nothing moves for so long, also while its body is read. */
export function answerTo(call: ClientRequest, patience: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let answered: IncomingMessage | undefined
    call.on('timeout', () => (answered ?? call).destroy(new Error(`no byte came for ${patience / 1000} s`)))
    call.on('response', (answer) => {
      answered = answer
      resolve(answer)
    })
    call.on('error', reject).end()
  })
}
