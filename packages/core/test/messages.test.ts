/** Errors, warnings and values of tensors and of autograd, in PyTorch's words to the letter. */
import { describe, expect, it } from 'vitest'
import { type MessageCase, messageDifference } from '../../../tools/golden/messages.ts'
import { readPassed } from '../../../tools/golden/passed.ts'
import { dataFolder, readJson } from '../../../tools/golden/read.ts'

const passed = new Set(readPassed()['messages.json'])
const own = /^(autograd|shape|dtype)\.|^data\.assert_close/
const cases = readJson<MessageCase[]>(new URL('messages.json', dataFolder)).filter(({ id }) => own.test(id) && passed.has(id))

describe('messages', () => {
  for (const message of cases) it(message.id, () => expect(messageDifference(message)).toBe(null))
})
