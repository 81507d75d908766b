// SPDX-License-Identifier: Apache-2.0
// Loads and stores of every size at every alignment, alone and back to back.
#include "check.h"

static uint8_t memory[32] __attribute__((aligned(4)));

static void fill(uint8_t seed) {
  for (unsigned i = 0; i < sizeof memory; ++i) memory[i] = (uint8_t)(seed + 37 * i);
}

static uint32_t bytes_at(unsigned offset, unsigned size) {
  uint32_t value = 0;
  for (unsigned i = 0; i < size; ++i) value |= (uint32_t)memory[offset + i] << (8 * i);
  return value;
}

#define LOAD(mnemonic, address)                                                       \
  ({                                                                                  \
    uint32_t value_;                                                                  \
    __asm__ volatile(mnemonic " %0, 0(%1)" : "=r"(value_) : "r"(address) : "memory"); \
    value_;                                                                           \
  })
#define STORE(mnemonic, value, address) \
  __asm__ volatile(mnemonic " %0, 0(%1)" ::"r"(value), "r"(address) : "memory")

static void test_loads(unsigned at) {
  const uint8_t* p = memory + at;
  CHECK_EQUAL(LOAD("lw", p), bytes_at(at, 4));
  CHECK_EQUAL(LOAD("lh", p), (int16_t)bytes_at(at, 2));
  CHECK_EQUAL(LOAD("lhu", p), bytes_at(at, 2));
  CHECK_EQUAL(LOAD("lb", p), (int8_t)bytes_at(at, 1));
  CHECK_EQUAL(LOAD("lbu", p), bytes_at(at, 1));
  uint32_t a, b, c;
  __asm__ volatile("lw %0, 0(%3)\n lhu %1, 1(%3)\n lw %2, 2(%3)"
                   : "=&r"(a), "=&r"(b), "=&r"(c)
                   : "r"(p)
                   : "memory");
  CHECK_EQUAL(a, bytes_at(at, 4));
  CHECK_EQUAL(b, bytes_at(at + 1, 2));
  CHECK_EQUAL(c, bytes_at(at + 2, 4));
}

static void test_stores(unsigned at) {
  static const unsigned sizes[] = {1, 2, 4};
  for (unsigned s = 0; s < 3; ++s) {
    fill((uint8_t)(at + s));
    const uint32_t below = bytes_at(at - 4, 4), above = bytes_at(at + sizes[s], 4);
    const uint32_t value = 0xc0ffee11U * (at + 1);
    if (s == 0) STORE("sb", value, memory + at);
    if (s == 1) STORE("sh", value, memory + at);
    if (s == 2) STORE("sw", value, memory + at);
    CHECK_EQUAL(bytes_at(at, sizes[s]), s == 2 ? value : value & ((1U << (8 * sizes[s])) - 1));
    CHECK_EQUAL(bytes_at(at - 4, 4), below);
    CHECK_EQUAL(bytes_at(at + sizes[s], 4), above);
  }
  uint32_t read;
  __asm__ volatile("sw %1, 0(%2)\n sh %3, 1(%2)\n lw %0, 0(%2)"
                   : "=&r"(read)
                   : "r"(0x11223344), "r"(memory + at), "r"(0xaabb)
                   : "memory");
  CHECK_EQUAL(read, 0x11aabb44);
}

int main(void) {
  for (unsigned at = 4; at < 12; ++at) {
    fill((uint8_t)at);
    test_loads(at);
    test_stores(at);
  }
  return check_result();
}
