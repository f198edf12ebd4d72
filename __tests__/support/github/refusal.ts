/** What the forge answers where it does not do what was asked. */
export class Refusal extends Error {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly headers: Record<string, string>

  constructor(
    status: number,
    message: string,
    more: { body?: Record<string, unknown>; headers?: Record<string, string> } = {}
  ) {
    super(message)
    this.status = status
    this.body = { message, ...more.body, documentation_url: 'https://docs.github.com/rest', status: String(status) }
    this.headers = more.headers ?? {}
  }
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found')
}

/** A 422 with one line, as the endpoints of Git objects answer. */
export function unprocessable(message: string): Refusal {
  return new Refusal(422, message)
}

export interface Invalid {
  resource: string
  code: string
  field?: string
  message?: string
}

/** A 422 with a list of what is wrong, as the endpoints of pull requests answer. */
export function validationFailed(...errors: Invalid[]): Refusal {
  return new Refusal(422, 'Validation Failed', { body: { errors } })
}
