// What a page of yours tells Midchannel, in Segment's words: docs/tracking.md. Runs on strangers' pages: it needs nothing and breaks nothing.
(() => {
  "use strict"
  const { src, dataset } = document.currentScript
  const host = new URL(src).origin
  const tries = 5

  const makeId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")

  // What is remembered of a visitor; where the browser keeps nothing, as long as the page is open.
  const memory = new Map()
  const recall = (name) => {
    try { return memory.get(name) ?? localStorage.getItem(`mc.${name}`) } catch { return null }
  }
  const remember = (name, value) => {
    memory.set(name, value)
    try { localStorage.setItem(`mc.${name}`, value) } catch { /* not allowed here */ }
    return value
  }
  const forget = (name) => {
    memory.delete(name)
    try { localStorage.removeItem(`mc.${name}`) } catch { /* not allowed here */ }
  }

  // As text, so that the browser need not ask first whether it may send. The same messageId twice is one message.
  async function post(call, message, tried = 1) {
    const body = JSON.stringify({ ...message, sentAt: new Date().toISOString(), writeKey: dataset.key })
    const again = () => tried < tries && setTimeout(() => post(call, message, tried + 1), 1000 * 2 ** tried)
    try {
      const answer = await fetch(`${host}/v1/${call}`, {
        method: "POST", headers: { "Content-Type": "text/plain" }, body, keepalive: true, credentials: "omit",
      })
      if (answer.status === 429 || answer.status >= 500) again()
    } catch { again() }
  }

  function tell(call, said) {
    const { origin, pathname, search } = location
    const consent = recall("consent")
    post(call, {
      ...said,
      anonymousId: recall("visitor") ?? remember("visitor", makeId()),
      userId: said.userId ?? recall("user") ?? undefined,
      messageId: makeId(),
      timestamp: new Date().toISOString(),
      context: {
        page: { path: pathname, url: origin + pathname, search, title: document.title, referrer: document.referrer },
        locale: navigator.language,
        ...(consent && { consent: { categoryPreferences: JSON.parse(consent) } }),
      },
    })
  }

  window.midchannel = {
    page: (name = document.title, properties = {}) =>
      tell("page", { name, properties: { path: location.pathname, title: document.title, ...properties } }),
    identify: (userId, traits = {}) => tell("identify", { userId: remember("user", String(userId)), traits }),
    track: (event, properties = {}) => tell("track", { event, properties }),
    group: (groupId, traits = {}) => tell("group", { groupId: String(groupId), traits }),
    consent: (categories) => remember("consent", JSON.stringify(categories)),
    reset: () => ["visitor", "user", "consent"].forEach(forget),
  }
})()
