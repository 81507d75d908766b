// SPDX-License-Identifier: Apache-2.0
// XCVmem and XCVelw: data, pointer updates, every addressing form, rd = rs1.
#include "check.h"
#include "freebits/intrinsics.h"

static uint8_t memory[64];

static uint32_t bytes_at(int32_t offset, unsigned size) {
  uint32_t value = 0;
  for (unsigned i = 0; i < size; ++i) value |= (uint32_t)memory[offset + (int32_t)i] << (8 * i);
  return value;
}

static void fill(void) {
  for (unsigned i = 0; i < sizeof memory; ++i) memory[i] = (uint8_t)(0x83 * i + 0x71);
}

#define TEST_LOAD(name, expected)                          \
  for (int32_t at = 16; at < 24; ++at) {                   \
    const void* p = memory + at;                           \
    CHECK_EQUAL(name##_post(&p, 5), expected);             \
    CHECK_EQUAL(p, memory + at + 5);                       \
    p = memory + at;                                       \
    CHECK_EQUAL(name##_post(&p, -16), expected);           \
    CHECK_EQUAL(p, memory + at - 16);                      \
    p = memory + at;                                       \
    CHECK_EQUAL(name##_post_r(&p, -7), expected);          \
    CHECK_EQUAL(p, memory + at - 7);                       \
    CHECK_EQUAL(name##_r(memory + 8, at - 8), expected);   \
    CHECK_EQUAL(name##_r(memory + 40, at - 40), expected); \
  }

static void test_loads(void) {
  fill();
  TEST_LOAD(cv_lb, (int8_t)bytes_at(at, 1))
  TEST_LOAD(cv_lbu, bytes_at(at, 1))
  TEST_LOAD(cv_lh, (int16_t)bytes_at(at, 2))
  TEST_LOAD(cv_lhu, bytes_at(at, 2))
  TEST_LOAD(cv_lw, bytes_at(at, 4))
}

#define TEST_STORE(name, size)                                                               \
  for (int32_t at = 16; at < 24; ++at) {                                                     \
    const uint32_t value = 0xa5c3e169U * (uint32_t)at;                                       \
    const uint32_t expected = (size) == 4 ? value : value & ((1U << (8 * (size) % 32)) - 1); \
    void* p = memory + at;                                                                   \
    fill();                                                                                  \
    const uint32_t below = bytes_at(at - 4, 4), above = bytes_at(at + (size), 4);            \
    name##_post(value, &p, 12);                                                              \
    CHECK_EQUAL(p, memory + at + 12);                                                        \
    CHECK_EQUAL(bytes_at(at, size), expected);                                               \
    fill();                                                                                  \
    p = memory + at;                                                                         \
    name##_post_r(value, &p, -3);                                                            \
    CHECK_EQUAL(p, memory + at - 3);                                                         \
    CHECK_EQUAL(bytes_at(at, size), expected);                                               \
    fill();                                                                                  \
    name##_r(value, memory + 30, at - 30);                                                   \
    CHECK_EQUAL(bytes_at(at, size), expected);                                               \
    CHECK_EQUAL(bytes_at(at - 4, 4), below);                                                 \
    CHECK_EQUAL(bytes_at(at + (size), 4), above);                                            \
  }

static void test_stores(void) {
  TEST_STORE(cv_sb, 1)
  TEST_STORE(cv_sh, 2)
  TEST_STORE(cv_sw, 4)
}

// The loaded data wins over the updated pointer.
static void test_same_register(void) {
  fill();
  uint32_t r = (uint32_t)(uintptr_t)(memory + 20);
  __asm__ volatile("cv.lw %0, (%0), 4" : "+r"(r)::"memory");
  CHECK_EQUAL(r, bytes_at(20, 4));
  // A stored register that is also the base: the old value is stored, then it advances.
  uint32_t* const word = (uint32_t*)(memory + 24);
  r = (uint32_t)(uintptr_t)word;
  __asm__ volatile("cv.sw %0, (%0), 8" : "+r"(r)::"memory");
  CHECK_EQUAL(*word, (uintptr_t)word);
  CHECK_EQUAL(r, (uintptr_t)word + 8);
}

int main(void) {
  test_loads();
  test_stores();
  test_same_register();
  static volatile uint32_t event = 0x12345678;
  CHECK_EQUAL(cv_elw(&event), 0x12345678);
  return check_result();
}
