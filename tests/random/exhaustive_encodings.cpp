// SPDX-License-Identifier: Apache-2.0
// Which encodings the exhaustive decode test tries.
#include "exhaustive.hpp"
#include "rng.hpp"
#include "rows.hpp"

namespace freebits::random {
namespace {

constexpr std::uint32_t kOpcodeMask = 0x0000'007f;
constexpr std::uint32_t kFunct3Mask = 0x0000'7000;
constexpr std::uint32_t kFunct7Mask = 0xfe00'0000;
constexpr std::uint32_t kRs2Mask = 0x01f0'0000;
constexpr std::uint32_t kRs1Mask = 0x000f'8000;
constexpr std::uint32_t kRdMask = 0x0000'0f80;
constexpr std::uint32_t kImmMask = 0xfff0'0000;
constexpr std::uint32_t kSystem = 0x73;
constexpr int kMostBits = 14;  ///< bits enumerated; groups that fix more have their own function

/// Puts the low bits of `value` where `mask` has ones (pdep).
std::uint32_t deposit(std::uint32_t value, std::uint32_t mask) {
  std::uint32_t word = 0;
  for (unsigned bit = 0; bit < 32; ++bit) {
    if ((mask >> bit & 1) == 0) continue;
    word |= (value & 1) << bit;
    value >>= 1;
  }
  return word;
}

/// Bits that instructions with this opcode and funct3 have fixed.
std::uint32_t fixed_bits(std::uint32_t opcode, std::uint32_t funct3) {
  std::uint32_t bits = kFunct7Mask;
  for (const isa::InsnSpec& spec : isa::instructions()) {
    const std::uint32_t key = opcode | funct3 << 12;
    const std::uint32_t common = spec.mask & (kOpcodeMask | kFunct3Mask);
    if (((spec.match ^ key) & common) == 0) bits |= spec.mask;
  }
  return bits & ~(kOpcodeMask | kFunct3Mask);
}

/// 0, every single bit of the mask, all of them, and two random patterns.
std::vector<std::uint32_t> patterns(std::uint32_t mask, Rng& rng) {
  std::vector<std::uint32_t> result = {0, mask, rng.bits() & mask, rng.bits() & mask};
  for (unsigned bit = 0; bit < 32; ++bit) {
    if ((mask >> bit & 1) != 0) result.push_back(1U << bit);
  }
  return result;
}

/// Hardware loops: all operations and loops x all rs1 fields x patterns of the immediate, and all
/// values of funct7.
void add_hardware_loops(std::vector<std::uint32_t>& words, std::uint32_t key, Rng& rng) {
  for (const std::uint32_t imm : patterns(kImmMask, rng)) {
    for (std::uint32_t fields = 0; fields < 1024; ++fields) {
      words.push_back(key | imm | deposit(fields, kRs1Mask | kRdMask));
    }
  }
  for (std::uint32_t fields = 0; fields < 4096; ++fields) {
    words.push_back(key | deposit(fields, kFunct7Mask | kRdMask));
  }
}

/// ecall and its kind: all immediates; near the defined ones all registers.
void add_privileged(std::vector<std::uint32_t>& words, Rng& rng) {
  for (std::uint32_t imm = 0; imm < 4096; ++imm) {
    words.push_back(kSystem | imm << 20);
    words.push_back(kSystem | imm << 20 | (rng.bits() & (kRs1Mask | kRdMask)));
  }
  for (const isa::InsnSpec& spec : isa::instructions()) {
    if ((spec.match & (kOpcodeMask | kFunct3Mask)) != kSystem || spec.mask != ~0U) continue;
    for (std::uint32_t fields = 0; fields < 1024; ++fields) {
      words.push_back(spec.match | deposit(fields, kRs1Mask | kRdMask));
    }
  }
}

}  // namespace

Encodings all_16_bit() {
  Encodings result{{}, 2};
  for (std::uint32_t half = 0; half < 0x10000; ++half) {
    if ((half & 3) != 3) result.words.push_back(half);
  }
  return result;
}

Encodings all_32_bit(std::uint64_t seed, unsigned samples, bool full) {
  Rng rng(seed);
  Encodings result;
  for (std::uint32_t opcode = 3; opcode < 0x80; opcode += 4) {
    for (std::uint32_t funct3 = 0; funct3 < 8; ++funct3) {
      const std::uint32_t key = opcode | funct3 << 12;
      std::uint32_t fixed = fixed_bits(opcode, funct3);
      if (full) fixed |= kRs2Mask;
      if (opcode == kSystem && funct3 == 0) {
        add_privileged(result.words, rng);
      } else if (__builtin_popcount(fixed) > kMostBits) {
        add_hardware_loops(result.words, key, rng);
      } else {
        const std::uint32_t free = ~(fixed | kOpcodeMask | kFunct3Mask);
        for (std::uint32_t value = 0; value < 1U << __builtin_popcount(fixed); ++value) {
          for (unsigned i = 0; i < samples; ++i) {
            const std::uint32_t rest = i == 0 ? 0 : rng.bits() & free;
            result.words.push_back(key | deposit(value, fixed) | rest);
          }
        }
      }
    }
  }
  return result;
}

Encodings all_csr_accesses() {
  Encodings result;
  for (std::uint32_t number = 0; number < 4096; ++number) {
    for (std::uint32_t funct3 : {1U, 2U, 3U, 5U, 6U, 7U}) {
      for (const std::uint32_t operand : {0U, 9U}) {
        result.words.push_back(number << 20 | operand << 15 | funct3 << 12 | 10 << 7 | kSystem);
      }
    }
  }
  return result;
}

}  // namespace freebits::random
