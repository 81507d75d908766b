// SPDX-License-Identifier: Apache-2.0
// CRC-32 (IEEE 802.3, reflected 0xedb88320) of 4 KiB, by table and bit by bit; the known CRC of
// "123456789" first.
#include "benchmark.h"

enum { kLength = 4096, kBitwiseLength = 512 };
static const uint32_t kPolynomial = 0xedb88320;
static const uint32_t kCheckValue = 0xcbf43926;  // of "123456789", in every CRC catalogue

static uint32_t table[256];
static uint8_t data[kLength];

static uint32_t shift_byte(uint32_t crc) {
  for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (kPolynomial & (0 - (crc & 1)));
  return crc;
}

static void prepare(void) {
  uint32_t state = 2;
  for (int i = 0; i < kLength; ++i) data[i] = (uint8_t)(benchmark_random(&state) >> 24);
  for (uint32_t i = 0; i < 256; ++i) table[i] = shift_byte(i);
}

static uint32_t crc_by_table(const uint8_t* bytes, uint32_t length) {
  uint32_t crc = ~0U;
  for (uint32_t i = 0; i < length; ++i) crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
  return ~crc;
}

static uint32_t crc_bitwise(const uint8_t* bytes, uint32_t length) {
  uint32_t crc = ~0U;
  for (uint32_t i = 0; i < length; ++i) crc = shift_byte(crc ^ bytes[i]);
  return ~crc;
}

static uint32_t run(void) {
  static const uint8_t digits[] = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
  if (crc_by_table(digits, sizeof digits) != kCheckValue) return 0;
  if (crc_bitwise(data, kBitwiseLength) != crc_by_table(data, kBitwiseLength)) return 0;
  return crc_by_table(data, kLength);
}

const struct benchmark benchmark = {"crc32", prepare, run, 0x93c68180};
