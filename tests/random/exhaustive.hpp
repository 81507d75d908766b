// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tb/isa/level.hpp"

namespace freebits::random {

/// Encodings to try, and how many of them there are in all.
struct Encodings {
  std::vector<std::uint32_t> words;
  unsigned length = 4;  ///< bytes each
};

/// All 16-bit encodings.
[[nodiscard]] Encodings all_16_bit();

/// 32-bit encodings: for every opcode and funct3 all values of funct7 and of every other bit that
/// any instruction of any level there has fixed; the bits that are left at random, `samples` times.
/// With `full`, all values of the rs2 field too.
[[nodiscard]] Encodings all_32_bit(std::uint64_t seed, unsigned samples, bool full);

/// Every CSR number with every operation, with a zero and a non-zero operand.
[[nodiscard]] Encodings all_csr_accesses();

struct DecodeResult {
  std::uint64_t tried = 0;    ///< executed on the core
  std::uint64_t illegal = 0;  ///< of these, illegal instructions
  std::uint64_t left_out =
      0;  ///< legal ones that move the program counter: random programs have them
  std::optional<std::string> failure;
};

/// Executes the encodings one after the other on core and model: what the model calls illegal traps
/// with cause 2, what it does not does not.
[[nodiscard]] DecodeResult try_encodings(const Encodings& encodings, isa::Level level);

}  // namespace freebits::random
