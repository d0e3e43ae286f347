interface Parcel {
  readonly order: number
  readonly deliver: () => void
}

/**
 * Hands things over one at a time and in order, each once all that the one before set in motion has come to rest. Who
 * waits for them side by side therefore goes on in the same order every time.
 */
export class Delivery {
  readonly #parcels: Parcel[] = []
  #isBusy = false

  /** Something to hand over; of all that wait, what has the lowest order is the next. */
  add(order: number, deliver: () => void): void {
    const before = this.#parcels.findLastIndex((parcel) => parcel.order <= order)
    this.#parcels.splice(before + 1, 0, { order, deliver })
    if (!this.#isBusy) void this.#handOver()
  }

  async #handOver(): Promise<void> {
    this.#isBusy = true
    const { port1, port2 } = new MessageChannel()
    port1.start()
    try {
      while (this.#parcels.length > 0) {
        // Promises that are settled are followed up before the next message of a channel comes in.
        await new Promise<void>((resolve) => {
          port1.addEventListener('message', () => resolve(), { once: true })
          port2.postMessage(null)
        })
        this.#parcels.shift()?.deliver()
      }
    } finally {
      this.#isBusy = false
      port1.close()
    }
  }
}
