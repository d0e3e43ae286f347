/** Puts values into the slots of a text, written `{name}`; braces around an unknown name stay as they are. */
export function fillSlots(text: string, slots: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{(\w+)\}/g, (slot, name: string) => (Object.hasOwn(slots, name) ? String(slots[name]) : slot))
}
