// Requests of the pages to their own gateway.

/** An error envelope of the gateway, with the parameter that it is about. */
export class GatewayError extends Error {
  constructor(status, envelope, requestId) {
    super(envelope?.error?.message || `HTTP ${status}`);
    this.status = status;
    this.code = envelope?.error?.code || null;
    this.param = envelope?.error?.param || null;
    this.requestId = requestId;
  }
}

/** Returns the sandbox key, which the gateway sends only to a browser on its own machine, or null. */
export async function sandboxKey() {
  try {
    const response = await fetch('/docs/sandbox.json');
    return response.ok ? (await response.json()).key : null;
  } catch {
    return null;
  }
}

/** Returns the JSON at a path, requested with an API key. */
export async function getJson(path, key) {
  const response = await fetch(path, {headers: {authorization: `Bearer ${key}`}});
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new GatewayError(response.status, body, response.headers.get('x-request-id'));
  return body;
}
